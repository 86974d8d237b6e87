import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Log } from "../../runtime/log.ts";
import { startPooler } from "../services/pgbouncer.ts";
import { freePort } from "../services/port.ts";
import { detour } from "./detour.ts";
import { manifestOf, notesSql } from "./manifest.ts";
import { execute, notesDatabase, serve, untilReady } from "./serve.ts";

const token = `Bearer ${["{}", JSON.stringify({ sub: "ada" })].map((part) => Buffer.from(part).toString("base64url")).join(".")}.`;

describe("a database that does not fit when the Bridge starts", () => {
  it.each([
    ["lacks a table", "drop table notes", "The table `notes` does not exist."],
    ["lacks a column", "alter table notes drop column body", "The column `notes.body` does not exist."],
    [
      "has another type",
      "alter table notes alter body type integer using 0",
      "The column `notes.body` is `integer`, not `text`.",
    ],
    [
      "requires a value that inserts may leave out",
      "alter table notes add due date; update notes set due = now(); alter table notes alter due set not null",
      "The column `notes.due` is NOT NULL without a default, and not every insert can give it a value.",
    ],
    [
      "generates a column that is written",
      "alter table notes drop column body, add body text not null generated always as (owner_id) stored",
      "The column `notes.body` is generated, so no value can be written.",
    ],
    [
      "lacks a value of an enum",
      "alter type mood rename value 'cross' to 'angry'",
      "The enum `mood` has no value `cross`.",
    ],
  ])("keeps the Bridge unready when it %s", async (_, change, message) => {
    const { url } = await notesDatabase(notesSql + change);
    const served = await serve({ url });
    await expect
      .poll(async () => (await served.bridge.readiness()).reasons)
      .toEqual([{ connection: "main", code: "schema_mismatch", message }]);
    expect((await fetch(`${served.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${served.url}/healthz`)).status).toBe(200);
    const { status, body } = await served.call("db/main/notes/select", {}, {});
    expect({ status, code: body.error?.code }).toEqual({ status: 503, code: "unavailable" });
  });

  it("keeps the Bridge unready when a statement of SQL logic would fail", async () => {
    const { url } = await notesDatabase();
    const logic = { total: value("select missing(id) as n from notes where id = $1", "integer", 1) };
    const served = await serve({ url, manifest: manifestOf({ logic }) });
    await expect
      .poll(async () => (await served.bridge.readiness()).reasons.map(({ message }) => message))
      .toEqual(["The call `total` fails: function missing(integer) does not exist."]);
  });

  it("names the grants that a role without any right lacks", async () => {
    const database = await notesDatabase();
    const { url, role } = await asRole(database);
    const served = await serve({ url, manifest: manifestOf({ logic: { count: count() } }) });
    await expect
      .poll(async () => (await served.bridge.readiness()).reasons.map(({ message }) => message))
      .toEqual([
        `The role lacks SELECT on \`notes\` (id, body, owner_id, mood): grant select on public.notes to ${role}`,
        `The role lacks INSERT on \`notes\` (id, body, owner_id): grant insert on public.notes to ${role}`,
        "The call `count` fails: permission denied for table notes.",
      ]);
    await execute(database.url, `grant select, insert on notes to ${role}`);
    await untilReady(served);
  });

  it("is served once it was mended", async () => {
    const { url } = await notesDatabase(`${notesSql}; alter table notes rename column body to text`);
    const served = await serve({ url, environment: { STK_DISABLE_AUTH: "true" } });
    await expect.poll(async () => (await served.bridge.readiness()).reasons.length).toBe(1);
    await execute(url, "alter table notes rename column text to body");
    await untilReady(served);
    const { body } = await served.call(
      "db/main/notes/select",
      { where: { id: 1 } },
      { authorization: token },
    );
    expect(body.data).toEqual([{ id: 1, body: "one" }]);
  });

  it("is served where the operator says so, and only the calls concerned fail", async () => {
    const { url } = await notesDatabase(`${notesSql}; alter table notes drop column body`);
    const environment = { STK_DISABLE_AUTH: "true", STK_SCHEMA_MISMATCH: "serve" };
    const served = await serve({ url, environment, manifest: manifestOf({ logic: { count: count() } }) });
    await untilReady(served);
    expect((await served.call("count")).body.data).toBe(3);
    const { status, body } = await served.call("db/main/notes/select", {}, { authorization: token });
    expect({ status, code: body.error?.code }).toEqual({ status: 503, code: "schema_mismatch" });
  });
});

describe("a database that is stricter or wider than the release was built for", () => {
  const rows = [
    { id: 1, body: "one" },
    { id: 2, body: "two" },
  ];
  it.each([
    [
      "requires what has a default",
      "alter table notes alter mood set default 'calm'; update notes set mood = 'calm'; alter table notes alter mood set not null",
    ],
    [
      "requires what every insert gives",
      "alter table notes alter owner_id drop not null; alter table notes alter owner_id set not null",
    ],
    ["allows null", "alter table notes alter body drop not null"],
    ["has bigint for integer", "alter table notes alter id type bigint"],
    ["has smallint for integer", "alter table notes alter id type smallint"],
    ["has a limit of length", "alter table notes alter body type varchar(20)"],
    [
      "has a domain over the type",
      "create domain short as text check (length(value) < 99); create domain shorter as short; alter table notes alter body type shorter",
    ],
    ["checks more", "alter table notes add check (id > 0)"],
    [
      "has more columns, tables and values",
      "create table more (id int); alter table notes add extra int, add due date not null default now(); alter type mood add value 'glad'",
    ],
    [
      "fills a new column by a trigger",
      `alter table notes add due date; update notes set due = now(); alter table notes alter due set not null;
      create function fill() returns trigger language plpgsql as 'begin new.due := now(); return new; end';
      create trigger fill before insert on notes for each row execute function fill()`,
    ],
  ])("is served as declared when it %s", async (_, change) => {
    const { url } = await notesDatabase(`${notesSql}; ${change}`);
    const logic = { ids: value("select id as n from notes where id = $1", "integer", 1) };
    const served = await serve({
      url,
      environment: { STK_DISABLE_AUTH: "true" },
      manifest: manifestOf({ logic }),
    });
    await untilReady(served);
    const headers = { authorization: token };
    const call = async (path: string, params: unknown) =>
      (await served.call(path, params, headers)).body.data;
    expect(await call("db/main/notes/select", { orderBy: [{ column: "id" }] })).toEqual(rows);
    expect(await call("db/main/notes/insert", { values: { id: 7, body: "new" } })).toEqual({
      count: 1,
      rows: [{ id: 7, body: "new" }],
    });
    expect(await call("ids", { p1: 7 })).toBe(7);
  });

  it("answers what no integer holds as a number while it is exact, and as text beyond", async () => {
    const { url } = await notesDatabase(
      `${notesSql}; alter table notes alter id type bigint; update notes set id = 5000000000 where id = 1;
      update notes set id = 9007199254740993 where id = 2`,
    );
    const served = await serve({ url, environment: { STK_DISABLE_AUTH: "true" } });
    await untilReady(served);
    const params = { columns: ["id"], orderBy: [{ column: "id" }] };
    const { body } = await served.call("db/main/notes/select", params, { authorization: token });
    expect(body.data).toEqual([{ id: 5_000_000_000 }, { id: "9007199254740993" }]);
  });

  it("lacks a table and a column that no call uses, and is served", async () => {
    const { url } = await notesDatabase();
    const manifest = manifestOf();
    const { main } = manifest.schema;
    const notes = main?.tables.notes;
    if (main === undefined || notes === undefined) throw new Error("There are no notes.");
    const columns = { ...notes.columns, unused: { type: "date", nullable: false } };
    const tables = { notes: { ...notes, columns }, unused: notes };
    await untilReady(await serve({ url, manifest: { ...manifest, schema: { main: { ...main, tables } } } }));
  });
});

describe("a schema that changes under a Bridge that is ready", () => {
  it.each([
    [
      "a column is dropped",
      "alter table notes drop column body",
      "alter table notes add body text default 'back'",
    ],
    ["a table is renamed", "alter table notes rename to old_notes", "alter table old_notes rename to notes"],
    [
      "rights are revoked",
      "revoke insert, select (body) on notes from ROLE; revoke select on notes from ROLE; grant select (id) on notes to ROLE",
      "grant select, insert on notes to ROLE",
    ],
  ])("fails the calls concerned by name when %s, and heals by itself", async (_, change, repair) => {
    const database = await notesDatabase();
    const { url, role } = await asRole(database);
    await execute(database.url, `grant select, insert on notes to ${role}`);
    const lines: unknown[] = [];
    const log = recording(lines);
    const logic = { one: value("select 1 as n") };
    const served = await serve({
      url,
      log,
      environment: { STK_DISABLE_AUTH: "true" },
      manifest: manifestOf({ logic }),
    });
    await untilReady(served);
    const read = () => served.call("db/main/notes/select", {}, { authorization: token });
    const run = (sql: string) => execute(database.url, sql.replaceAll("ROLE", role));
    expect((await read()).status).toBe(200);
    await run(change);
    const { status, body } = await read();
    expect({ status, code: body.error?.code }).toEqual({ status: 503, code: "schema_mismatch" });
    expect((await fetch(`${served.url}/readyz`)).status).toBe(200);
    expect((await served.call("one")).body.data).toBe(1);
    expect(lines).toContainEqual(
      expect.objectContaining({
        calls: expect.arrayContaining(["db/main/notes/select"]),
        mismatches: expect.any(Array),
      }),
    );
    await run(repair);
    await expect.poll(async () => (await read()).status, { timeout: 8_000 }).toBe(200);
  });
});

describe("a database that is read-only", () => {
  it("makes the Bridge unready where calls write to it, until it takes writes again", async () => {
    const { url } = await notesDatabase();
    const name = new URL(url).pathname.slice(1);
    await execute(url, `alter database ${name} set default_transaction_read_only = on`);
    const served = await serve({ url });
    await expect
      .poll(async () => (await served.bridge.readiness()).reasons.map(({ code }) => code))
      .toEqual(["database_read_only"]);
  });

  it("is asked on new sessions, and the log says that all is well again", async () => {
    const lines: string[] = [];
    const log: Log = pino({ base: null }, { write: (line) => lines.push(JSON.parse(line).msg) });
    const { url } = await notesDatabase();
    const served = await serve({ url, log });
    await untilReady(served);
    const name = new URL(url).pathname.slice(1);
    await execute(url, `alter database ${name} set default_transaction_read_only = on`);
    await execute(
      url,
      "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()",
    );
    const status = async () => (await served.bridge.readiness()).status;
    await expect.poll(status, { timeout: 8_000 }).toBe("unready");
    // A session that was opened before holds on to what it was.
    await execute(
      url,
      `begin read write; alter database ${name} reset default_transaction_read_only; commit`,
    );
    await expect.poll(status, { timeout: 4_000 }).toBe("ready");
    await expect.poll(() => lines).toContain("The database is ready again.");
  });

  it("is told from one behind PgBouncer in transaction mode that takes writes", async () => {
    const { url } = await notesDatabase();
    const pooler = await startPooler(url, { mode: "transaction" });
    onTestFinished(() => pooler.stop());
    const served = await serve({ url: pooler.url, environment: { STK_DISABLE_AUTH: "true" } });
    await untilReady(served);
    const insert = { values: { id: 9, body: "nine" } };
    expect((await served.call("db/main/notes/insert", insert, { authorization: token })).status).toBe(200);
  });

  it("is told from a pooler whose only session is at work", async () => {
    const { url } = await notesDatabase();
    const pooler = await startPooler(url, { mode: "transaction", sessions: 1 });
    onTestFinished(() => pooler.stop());
    const logic = { slow: value("select 1 as n from pg_sleep(4)") };
    const manifest = manifestOf({
      logic,
      server: { ...manifestOf().server, limits: { ...manifestOf().server.limits, timeMs: 8_000 } },
    });
    const served = await serve({ url: pooler.url, manifest });
    await untilReady(served);
    const slow = served.call("slow");
    const seen = new Set<string>();
    const until = performance.now() + 3_500;
    while (performance.now() < until) {
      seen.add((await served.bridge.readiness()).status);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect((await slow).body.data).toBe(1);
    expect([...seen]).toEqual(["ready"]);
  });

  it("is served where calls only read", async () => {
    const { url } = await notesDatabase();
    const name = new URL(url).pathname.slice(1);
    await execute(url, `alter database ${name} set default_transaction_read_only = on`);
    const served = await serve({ url, manifest: manifestOf({ permissions: {}, logic: { count: count() } }) });
    await untilReady(served);
    expect((await served.call("count")).body.data).toBe(3);
  });
});

describe("an optional connection", () => {
  it("that is away leaves the Bridge ready, and fails its own calls", async () => {
    const { url } = await notesDatabase();
    const { main } = manifestOf().connections;
    if (main === undefined) throw new Error("There is no main.");
    const connections = { main, other: { ...main, url: { env: "OTHER_URL" }, optional: true as const } };
    const logic = { one: value("select 1 as n"), other: { ...value("select 2 as n"), connection: "other" } };
    const manifest = manifestOf({ connections, logic });
    const OTHER_URL = `postgres://postgres@127.0.0.1:${await freePort()}/none`;
    const served = await serve({ url, manifest, environment: { OTHER_URL } });
    await untilReady(served);
    expect((await served.call("one")).body.data).toBe(1);
    expect((await served.call("other")).body.error?.code).toBe("unavailable");
  });
});

describe("a database that is away", () => {
  it("when the Bridge starts, is waited for", async () => {
    const served = await serve({ url: `postgres://postgres:hunter2@127.0.0.1:${await freePort()}/notes` });
    const report = await served.bridge.readiness();
    expect(report.status).toBe("unready");
    expect(report.reasons[0]?.code).toMatch(/starting|database_unreachable/);
    expect((await fetch(`${served.url}/healthz`)).status).toBe(200);
    expect(JSON.stringify(report)).not.toContain("hunter2");
  });

  it("for a while makes the Bridge unready, and calls unavailable, until it is back", async () => {
    const { url, close, open } = await detour((await notesDatabase()).url);
    const served = await serve({ url, environment: { STK_DISABLE_AUTH: "true" } });
    await untilReady(served);
    const call = () => served.call("db/main/notes/select", { where: { id: 1 } }, { authorization: token });
    expect((await call()).status).toBe(200);
    await close();
    await expect
      .poll(async () => (await served.bridge.readiness()).status, { timeout: 5_000 })
      .toBe("unready");
    const { status, body } = await call();
    expect({ status, code: body.error?.code }).toEqual({ status: 503, code: "unavailable" });
    await open();
    await untilReady(served);
    expect((await call()).status).toBe(200);
  });
});

describe("a reload", () => {
  it("serves the new manifest to the calls that come, and goes on with the old for those that run", async () => {
    const { url } = await notesDatabase();
    const served = await serve({
      url,
      manifest: manifestOf({ logic: { version: value("select 1 as n, pg_sleep(0.3)") } }),
    });
    await untilReady(served);
    const running = served.call("version");
    await new Promise((resolve) => setTimeout(resolve, 50));
    await served.bridge.reload(manifestOf({ logic: { version: value("select 2 as n") } }), "/nowhere");
    expect((await served.call("version")).body.data).toBe(2);
    expect((await running).body.data).toBe(1);
  });

  it("that fails leaves what was there", async () => {
    const { url } = await notesDatabase();
    const served = await serve({ url, manifest: manifestOf({ logic: { version: value("select 1 as n") } }) });
    await untilReady(served);
    const broken = manifestOf({
      logic: {
        broken: {
          kind: "module",
          access: "public",
          params: {},
          connection: "main",
          file: "none.mjs",
          env: [],
        },
      },
    });
    await expect(served.bridge.reload(broken, "/nowhere")).rejects.toMatchObject({ code: "invalid_module" });
    expect((await served.call("version")).body.data).toBe(1);
  });

  it("drops no call while it goes on", async () => {
    const { url } = await notesDatabase();
    const served = await serve({ url, manifest: manifestOf({ logic: { version: value("select 1 as n") } }) });
    await untilReady(served);
    let going = true;
    const statuses = new Set<number>();
    const caller = async () => {
      while (going) statuses.add((await served.call("version")).status);
    };
    const callers = [caller(), caller(), caller()];
    for (let n = 2; n < 10; n += 1) {
      const pool = n % 2 === 0 ? 2 : 3; // other settings: another pool
      const { main } = manifestOf().connections;
      if (main === undefined) throw new Error("There is no main.");
      await served.bridge.reload(
        manifestOf({
          connections: { main: { ...main, pool } },
          logic: { version: value(`select ${n} as n`) },
        }),
        "/nowhere",
      );
    }
    going = false;
    await Promise.all(callers);
    expect([...statuses]).toEqual([200]);
  });
});

const value = (sql: string, type?: string, parameters = 0) => ({
  kind: "sql" as const,
  access: "public" as const,
  params: type === undefined ? {} : { p1: { type } },
  connection: "main",
  returns: "value" as const,
  statements: [
    {
      sql,
      bindings: Array.from({ length: parameters }, (_, index) => ({
        from: "param" as const,
        name: `p${index + 1}`,
      })),
      types: Array.from({ length: parameters }, () => type ?? "text"),
      result: [{ name: "n", type: "integer" }],
    },
  ],
});

const count = () => value("select count(*)::int as n from notes");

/** The URL of a database for a role that has no right. */
async function asRole({ url }: { url: string }): Promise<{ url: string; role: string }> {
  const own = new URL(url);
  const role = `r_${own.pathname.slice(6)}`;
  await execute(url, `create role ${role} login password 'secret'`);
  onTestFinished(() =>
    execute(url, `drop owned by ${role} cascade; drop role ${role}`).then(() => undefined),
  );
  own.username = role;
  own.password = "secret";
  return { url: own.href, role };
}

/** A log whose objects are kept. */
const recording = (lines: unknown[]): Log =>
  pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
