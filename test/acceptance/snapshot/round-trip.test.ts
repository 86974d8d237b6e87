import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { applyPlan } from "../../../src/database/apply/apply.ts";
import { readModel } from "../../../src/database/catalog/read-model.ts";
import type { Database } from "../../../src/database/database.ts";
import { fingerprint } from "../../../src/database/model/fingerprint.ts";
import { planSchema } from "../../../src/database/plan/plan.ts";
import { openPostgres } from "../../../src/database/postgres.ts";
import { makeSchema } from "../../../src/database/shadow/make-schema.ts";
import type { Shadow } from "../../../src/database/shadow/shadow.ts";
import { inSnapshot, inTransaction } from "../../../src/database/transaction.ts";
import { sharedShadow } from "../../database/shared-shadow.ts";
import { isLongRun } from "../../services/long-run.ts";
import { describeWith } from "../../services/needs.ts";
import { differenceSeenByPgDelta } from "../../services/pg-delta.ts";
import { schemaDump } from "../../services/pg-dump.ts";
import { freshDatabase } from "../../services/postgres.ts";
import type { PostgresVersion } from "../../services/postgres-server.ts";
import { snapshotProject } from "../../snapshot/snapshot-project.ts";

const folder = path.join(import.meta.dirname, "schemas");

const timeoutMs = 120_000;

/** What files say, whatever the order in which their objects were made. */
const asValues = (files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).map(([file, text]) => [file, inAnyOrder(parse(text))]));

/** A constraint that nobody looked at the rows for is valid where it was made with its table. */
const validateAll = `
do $$
declare one record;
begin
  for one in select conrelid::regclass as relation, conname from pg_constraint where not convalidated and conrelid <> 0 loop
    execute format('alter table %s validate constraint %I', one.relation, one.conname);
  end loop;
end
$$`;

function inAnyOrder(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(inAnyOrder).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value);
  return Object.fromEntries(
    members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, own]) => [key, inAnyOrder(own)]),
  );
}

let shadow: Shadow;
beforeAll(async () => {
  shadow = await sharedShadow();
});

async function opened(version: PostgresVersion): Promise<{ url: string; database: Database }> {
  const { url, drop } = await freshDatabase({ version });
  const open = await openPostgres({ url, applicationName: "test", connectTimeoutMs: 5_000 });
  onTestFinished(async () => {
    await open.close();
    await drop();
  });
  return { url, database: open };
}

/** A database of a server that a script makes, and `also` what this one does, and a project that a snapshot of it was written to. */
async function snapshotOf(name: string, version: PostgresVersion, also = "") {
  const live = await opened(version);
  await live.database.script(readFileSync(path.join(folder, `${name}.sql`), "utf8"));
  await live.database.script(also);
  const project = snapshotProject(shadow);
  onTestFinished(project.remove);
  const { leftOut } = await project.take(live.database);
  const main = (await project.declared()).declared.get("main");
  if (main === undefined) throw new Error("Nothing is declared.");
  return {
    live,
    project,
    main,
    leftOut: leftOut.map(({ kind, name, reason }) => `${kind} ${name}: ${reason}`),
  };
}

async function expectNothingToDo({ live, project }: Awaited<ReturnType<typeof snapshotOf>>): Promise<void> {
  const plan = await project.plan(live.database);
  expect([...plan.steps.map(({ sql }) => sql), ...plan.blocked.map(({ message }) => message)]).toEqual([]);
  expect([...(await project.take(live.database)).files.keys()]).toEqual([]);
}

const onOff: Readonly<Record<string, string>> = { on: "true", off: "false" };

/** With the settings of each WITH in one order and spelling, and without that which is usual. */
const settled = (sql: string): string =>
  sql.replace(/\b(WITH|SET) \(([^()]*=[^()]*)\)/g, (_, word: string, settings: string) => {
    const each = settings.split(", ").map((setting) => {
      const [name = "", value = ""] = setting.split("=").map((part) => part.replaceAll("'", ""));
      return `${name}=${onOff[value] ?? value}`;
    });
    return `${word} (${each
      .filter((setting) => setting !== "security_barrier=false")
      .sort()
      .join(", ")})`;
  });

/** What is in one list more often than in the other. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

const schemas = ["record-shop", "film-rental", "bug-tracker", "message-board", "payment-ledger"];
/** Each schema on one server or on the other, in turn; `npm run test:long` takes every one to both. */
const turn = (one: number) => schemas.filter((_, index) => isLongRun || index % 2 === one);

/** What was seen of a schema on a server is what the file of both says. */
const expectSeen = (seen: object, name: string, version: PostgresVersion): Promise<void> =>
  expect(`${JSON.stringify(seen, null, 2)}\n`).toMatchFileSnapshot(`seen/${name}-${version}.txt`);

it("is declared such that a plan is empty, whose expressions Postgres spells otherwise a second time", async () => {
  const snapshot = await snapshotOf("reparsed", 18);
  expect(snapshot.leftOut).toEqual([]);
  await expectNothingToDo(snapshot);
});

await describeWith(["postgres15"], "on Postgres 15", () => {
  it.each(turn(1))(
    "%s is declared such that a plan is empty, and is the same to pg_dump, but for what was left out",
    async (name) => {
      const snapshot = await snapshotOf(name, 15);
      await expectNothingToDo(snapshot);

      await snapshot.live.database.script(validateAll);
      const made = await opened(15);
      const planned = await planSchema(made.database, {
        connection: "main",
        declared: snapshot.main,
        shadow,
      });
      expect(planned.plan.blocked.map(({ message }) => message)).toEqual([]);
      await applyPlan(made.database, planned, { by: { version: "test" } });
      const [dump, again] = await Promise.all([linesOf(snapshot.live.url), linesOf(made.url)]);
      const { leftOut } = snapshot;
      await expectSeen({ leftOut, lacks: without(dump, again), hasMore: without(again, dump) }, name, 15);
    },
    timeoutMs,
  );
});

const linesOf = async (url: string): Promise<string[]> =>
  [...(await schemaDump(15, url)).values()].flat().map(settled).sort();

describe("on Postgres 18", () => {
  it.each(turn(0))(
    "%s has the same snapshot again, and is the same to pg-delta, but for what was left out",
    async (name) => {
      const { live, project, main } = await snapshotOf(name, 18, validateAll);
      const made = await opened(18);
      expect(await inTransaction(made.database, () => makeSchema(made.database, main))).toEqual([]);
      const again = snapshotProject(shadow);
      onTestFinished(again.remove);
      await again.take(made.database);
      expect(asValues(again.files())).toEqual(asValues(project.files()));
      const read = () => readModel(made.database, main.scope);
      expect(fingerprint(await inSnapshot(made.database, read))).toBe(fingerprint(await shadow.model(main)));
      const difference = await differenceSeenByPgDelta(made.url, live.url);
      await expectSeen({ difference: difference.sort() }, name, 18);
    },
    timeoutMs,
  );
});
