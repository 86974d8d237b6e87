import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { Client, type Heard } from "./client.ts";

/** Text that every write binds, and no read. */
export const writeMark = "written-under-load";

/** What a client was told of one logical write: done, surely not done, or neither. */
export type Told = "acknowledged" | "failed" | "unknown";

/** One logical write, of as many rows as it has parts. */
export type Write = { id: string; way: Way; parts: number; told: Told };

/** What all clients did, and the codes that they were answered with. `missing` are acknowledged writes not read. */
export type Load = {
  writes: Write[];
  reads: { answered: number; failed: number; missing: string[] };
  codes: Map<string, number>;
};

/** The ways to write: to a table, in a transaction of SQL logic, and by a module that calls inside of its transaction. */
const ways = {
  table: {
    parts: 1,
    path: "db/main/entries/insert",
    params: (write: string): unknown => ({ values: { write, part: 1, note: writeMark } }),
  },
  sql: { parts: 2, path: "two", params: (write: string): unknown => ({ write, note: writeMark }) },
  module: { parts: 2, path: "nested", params: (write: string): unknown => ({ write, note: writeMark }) },
} as const;
/** One of the ways to write. */
export type Way = keyof typeof ways;
/** All ways to write. */
export const allWays: readonly Way[] = ["table", "sql", "module"];

/** Clients that write, half of them with keys, and clients that read. */
export const clients = { writers: 16, readers: 4 };
const repeatMs = 20_000;
const pauseMs = 20;
const repeated = new Set([
  "outcome_unknown",
  "unavailable",
  "conflict",
  "timeout",
  "too_many_requests",
  "refused",
]);

const toldBy = (heard: Heard): Told => {
  if (heard === "nothing") return "unknown";
  if ("data" in heard) return "acknowledged";
  return heard.code === "outcome_unknown" ? "unknown" : "failed";
};

/** Writes and reads, each client over its own connection, until `fault` is over; every other writer repeats with a key of its own. */
export async function underLoad(
  origin: string,
  token: string,
  named: readonly Way[],
  fault: () => Promise<void>,
): Promise<Load> {
  const load: Load = { writes: [], reads: { answered: 0, failed: 0, missing: [] }, codes: new Map() };
  let isGoing = true;
  const note = (heard: Heard): Heard => {
    const code = heard === "nothing" ? "nothing" : "code" in heard ? heard.code : "done";
    load.codes.set(code, (load.codes.get(code) ?? 0) + 1);
    return heard;
  };
  const until = async (client: Client, step: (turn: number) => Promise<boolean>): Promise<void> => {
    for (let turn = 0; isGoing; turn += 1) if (!(await step(turn))) await wait(pauseMs);
    client.close();
  };
  const writer = (number: number): Promise<void> => {
    const client = new Client(origin, token);
    return until(client, async (turn) => {
      const way = named[(turn + number) % named.length] ?? "table";
      const id = randomUUID();
      const attempt = number % 2 === 0 ? writeWithKey : writeOnce;
      const told = await attempt(client, way, id, note);
      load.writes.push({ id, way, parts: ways[way].parts, told });
      return told === "acknowledged";
    });
  };
  const reader = (): Promise<void> => {
    const client = new Client(origin, token);
    return until(client, async () => {
      const known = load.writes.findLast(({ told }) => told === "acknowledged")?.id;
      const heard = await client.call("db/main/entries/select", {
        where: { write: known ?? "none" },
        limit: 2,
      });
      const isAnswered = toldBy(heard) === "acknowledged";
      load.reads[isAnswered ? "answered" : "failed"] += 1;
      if (known !== undefined && isAnswered && !hasRows(heard)) load.reads.missing.push(known);
      await wait(pauseMs);
      return true;
    });
  };
  const all = [
    ...Array.from({ length: clients.writers }, (_, number) => writer(number)),
    ...Array.from({ length: clients.readers }, reader),
  ];
  await fault().finally(() => {
    isGoing = false;
  });
  await Promise.all(all);
  return load;
}

const rows = z.object({ data: z.array(z.unknown()).min(1) });
const hasRows = (heard: Heard): boolean => rows.safeParse(heard).success;

/** Writes without a key, once. */
export async function writeOnce(client: Client, way: Way, id: string, note = same): Promise<Told> {
  const { path, params } = ways[way];
  return toldBy(note(await client.call(path, params(id))));
}

/** Writes with a key, and repeats it until it is told as done, or refused for good before anything was unknown. */
async function writeWithKey(client: Client, way: Way, id: string, note = same): Promise<Told> {
  const { path, params } = ways[way];
  let last: Told = "failed";
  for (const deadline = Date.now() + repeatMs; Date.now() < deadline; await wait(pauseMs)) {
    const heard = note(await client.call(path, params(id), id));
    const told = toldBy(heard);
    if (told === "acknowledged") return told;
    if (told === "unknown") last = told;
    if (heard !== "nothing" && "code" in heard && !repeated.has(heard.code) && last === "failed") return told;
  }
  return last;
}

function same(heard: Heard): Heard {
  return heard;
}
