import pg from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Manifest, SqlLogic } from "../../schema/manifest.ts";
import { startPostgres } from "../services/postgres-server.ts";
import { cutter } from "./cutter.ts";
import { manifestOf, notesSql } from "./manifest.ts";
import {
  type Answer,
  execute,
  notesDatabase,
  recordingLog,
  type Served,
  serve,
  untilReady,
} from "./serve.ts";

const ada = `Bearer ${["{}", JSON.stringify({ sub: "ada" })].map((part) => Buffer.from(part).toString("base64url")).join(".")}.`;
const insert = { values: { id: 9, body: "nine" } };
const environment = { STK_DISABLE_AUTH: "true" };

const sqlLogic = (...texts: string[]): SqlLogic => ({
  kind: "sql",
  access: "public",
  params: {},
  connection: "main",
  returns: "none",
  statements: texts.map((sql) => ({ sql, bindings: [], types: [], result: [] })),
});

const readOnly = (logic: SqlLogic): SqlLogic => ({ ...logic, readOnly: true });

async function served(url: string, change: Partial<Manifest> = {}): Promise<Served> {
  const bridge = await serve({ url, environment, manifest: manifestOf(change) });
  await untilReady(bridge);
  return bridge;
}

const told = ({ status, body, headers }: Answer) => ({
  status,
  code: body.error?.code,
  retryAfter: headers.get("retry-after"),
});
const unknown = { status: 500, code: "outcome_unknown", retryAfter: null };
const unavailable = { status: 503, code: "unavailable", retryAfter: "1" };
const rowsOf = async (url: string): Promise<number> =>
  (await execute(url, "select * from notes where id >= 9")).rows.length;
const limits = { bodyBytes: 10_000, depth: 5, rows: 100, timeMs: 400, concurrency: 50 };
const server = { limits: { ...manifestOf().server.limits, ...limits }, drainMs: 2_000 };

describe("a call whose connection is cut", () => {
  it("in place of the answer to an insert is told as unknown, for the row is there", async () => {
    const { url } = await notesDatabase();
    const way = await cutter(url);
    const bridge = await served(way.url);
    way.cutAnswerTo("insert into");
    expect(told(await bridge.call("db/main/notes/insert", insert, { authorization: ada }))).toEqual(unknown);
    expect(await rowsOf(url)).toBe(1);
  });

  it("in place of the answer to a commit is told as unknown, for the rows are there", async () => {
    const { url } = await notesDatabase();
    const way = await cutter(url);
    const two = sqlLogic(
      "insert into notes values (9, 'ada', 'nine')",
      "insert into notes values (10, 'ada', 'ten')",
    );
    const bridge = await served(way.url, { logic: { two } });
    way.cutAnswerTo("commit");
    expect(told(await bridge.call("two"))).toEqual(unknown);
    expect(await rowsOf(url)).toBe(2);
  });

  it("before the commit is told as not done, and nothing is there", async () => {
    const { url } = await notesDatabase();
    const way = await cutter(url);
    const two = sqlLogic(
      "insert into notes values (9, 'ada', 'nine')",
      "insert into notes values (10, 'ada', 'ten')",
    );
    const bridge = await served(way.url, { logic: { two } });
    way.cutAnswerTo("'ten'");
    expect(told(await bridge.call("two"))).toEqual(unavailable);
    expect(await rowsOf(url)).toBe(0);
  });

  it("in place of the rows of a table is answered: they are read once more", async () => {
    const { url } = await notesDatabase();
    const way = await cutter(url);
    const bridge = await served(way.url);
    way.cutAnswerTo("from ");
    const read = await bridge.call("db/main/notes/select", { where: { id: 1 } }, { authorization: ada });
    expect(read.body.data).toEqual([{ id: 1, body: "one" }]);
  });

  it("in place of the rows of SQL logic is answered only where Postgres refuses its writes", async () => {
    const { url } = await notesDatabase();
    const way = await cutter(url);
    const reading = sqlLogic("select body as reading from notes");
    const several = sqlLogic("select 1", "select body as several from notes");
    const maybe = sqlLogic("select body as maybe from notes");
    const bridge = await served(way.url, {
      logic: { reading: readOnly(reading), several: readOnly(several), maybe },
    });
    way.cutAnswerTo("as reading");
    expect((await bridge.call("reading")).status).toBe(200);
    way.cutAnswerTo("as several");
    expect((await bridge.call("several")).status).toBe(200);
    way.cutAnswerTo("as maybe");
    expect(told(await bridge.call("maybe"))).toEqual(unknown);
  });

  it("is never sent again where it writes: Postgres refuses a function that does, once", async () => {
    const { url } = await notesDatabase();
    const text =
      "create function add_note() returns int language sql as $$ insert into notes values (9, 'ada', 'nine'); select 1 $$";
    await execute(url, `${text}; create sequence calls`);
    const { log, lines } = recordingLog();
    const logic = {
      add: readOnly(sqlLogic("select add_note()")),
      next: readOnly(sqlLogic("select nextval('calls')")),
    };
    const bridge = await serve({ url, environment, manifest: manifestOf({ logic }), log });
    await untilReady(bridge);
    for (const path of ["add", "next"])
      expect(told(await bridge.call(path))).toEqual({ status: 500, code: "internal", retryAfter: null });
    expect(await rowsOf(url)).toBe(0);
    expect((await execute(url, "select is_called from calls")).rows).toEqual([{ is_called: false }]);
    expect(lines().filter(({ msg }) => msg.includes("read-only"))).toEqual([]);
  });

  it("by a server that shuts down, while its write waits, is told as not done", async () => {
    const { url } = await notesDatabase();
    const bridge = await served(url, {
      logic: { write: sqlLogic("update notes set body = 'x' where id = 1 and pg_sleep(9) is null") },
    });
    const answer = bridge.call("write");
    const end =
      "select pg_terminate_backend(pid) as done from pg_stat_activity where datname = current_database() and query like 'update notes%'";
    await expect.poll(async () => (await execute(url, end)).rows.length).toBe(1);
    expect(told(await answer)).toEqual(unavailable);
  });
});

describe("a call whose time is over", () => {
  it("while its write waits for a lock is told as cancelled, and the write is not done", async () => {
    const { url } = await notesDatabase();
    const bridge = await served(url, { server });
    const lock = await holding(url, "lock table notes");
    const answer = await bridge.call("db/main/notes/insert", insert, { authorization: ada });
    expect(told(answer)).toEqual({ status: 504, code: "timeout", retryAfter: null });
    await lock.release();
    expect(await rowsOf(url)).toBe(0);
  });

  it("while its commit waits for a standby is told as unknown, for the row is there", async () => {
    const postgres = await startPostgres();
    onTestFinished(() => postgres.stop());
    await execute(postgres.url, notesSql);
    await execute(postgres.url, "alter database postgres set synchronous_commit = on");
    const two = sqlLogic("insert into notes values (9, 'ada', 'nine')", "select 1");
    const bridge = await served(postgres.url, { server, logic: { two } });
    await execute(postgres.url, "alter system set synchronous_standby_names = 'nobody'");
    await execute(postgres.url, "select pg_reload_conf()");
    const shown = async () => (await execute(postgres.url, "show synchronous_standby_names")).rows[0];
    await expect.poll(shown).toEqual({ synchronous_standby_names: "nobody" });
    expect(told(await bridge.call("two"))).toEqual(unknown);
    const single = { values: { id: 10, body: "ten" } };
    expect(told(await bridge.call("db/main/notes/insert", single, { authorization: ada }))).toEqual(unknown);
    expect(await rowsOf(postgres.url)).toBe(2);
  });
});

/** A session that runs a statement in a transaction and stays in it. */
async function holding(url: string, sql: string): Promise<{ release(): Promise<void> }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`begin; ${sql}`);
  return {
    async release() {
      await client.query("rollback");
    },
  };
}
