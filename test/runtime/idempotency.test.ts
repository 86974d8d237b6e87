import { describe, expect, it, onTestFinished } from "vitest";
import type { Manifest, SqlLogic } from "../../schema/manifest.ts";
import { makeRunSchema } from "../../src/database/apply/run-schema.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { serveModules, unverified } from "./logic/serve-modules.ts";
import { manifestOf, notesSql } from "./manifest.ts";
import { execute, notesDatabase, type Served, serve, untilReady } from "./serve.ts";

const adaOf = (claims: object = {}) => unverified({ iss: "https://one.test", sub: "ada", ...claims });
const ada = adaOf();
const insert = "db/main/notes/insert";
const row = (id: number) => ({ values: { id, body: "new" } });
const keyed = (key: string, headers = ada) => ({ ...headers, "idempotency-key": key });

const permissions: Manifest["permissions"] = {
  main: {
    notes: {
      ...manifestOf().permissions.main?.notes,
      update: { authenticated: { columns: ["body"], set: {}, where: { owner_id: "$user.id" } } },
      delete: { authenticated: { where: { owner_id: "$user.id" } } },
    },
  },
};

const sqlLogic = (sql: string): SqlLogic => ({
  kind: "sql",
  access: "public",
  params: {},
  connection: "main",
  returns: "value",
  statements: [{ sql, bindings: [], types: [], result: [{ name: "n", type: "integer" }] }],
});

/** The notes, with the table of keys as `stk schema apply` makes it. */
async function keysDatabase(): Promise<string> {
  const { url } = await notesDatabase();
  const database = await openPostgres({ url, applicationName: "test", connectTimeoutMs: 5_000 });
  expect(await makeRunSchema(database)).toContain("grant usage on schema _stk_run to ROLE;");
  expect(await makeRunSchema(database)).toBeUndefined();
  await database.close();
  return url;
}

async function serving(change: Partial<Manifest> = {}): Promise<Served & { database: string }> {
  const database = await keysDatabase();
  const served = await serve({
    url: database,
    manifest: manifestOf({ permissions, ...change }),
    environment: { STK_DISABLE_AUTH: "true" },
  });
  await untilReady(served);
  return { ...served, database };
}

describe("a call with a key", () => {
  it("is made where the table was changed under what its session had prepared", async () => {
    const { call, database } = await serving();
    for (const id of [20, 21, 22, 23]) expect((await call(insert, row(id), ada)).status).toBe(200);
    await execute(database, "alter table notes alter id type bigint");
    for (const id of [24, 25, 26])
      expect((await call(insert, row(id), keyed(`changed-${id}`))).body).toMatchObject({
        data: { count: 1 },
      });
  });

  it("is done once, however often and by whatever way the key comes", async () => {
    const { call, url, database } = await serving();
    const answers = await Promise.all(Array.from({ length: 8 }, () => call(insert, row(10), keyed('"k1"'))));
    for (const { status, body } of answers)
      expect({ status, body }).toEqual({
        status: 200,
        body: { data: { count: 1, rows: [{ id: 10, body: "new" }] } },
      });
    const body = JSON.stringify({ path: insert, params: row(10), key: "k1" });
    const headers = { "content-type": "application/json", ...ada };
    const inBody = await fetch(`${url}/call`, { method: "POST", headers, body });
    expect(await inBody.json()).toEqual({ data: { count: 1, rows: [{ id: 10, body: "new" }] } });
    const both = await fetch(`${url}/call`, {
      method: "POST",
      headers: { ...headers, "idempotency-key": "k2" },
      body,
    });
    expect(await both.json()).toMatchObject({ error: { code: "malformed_request" } });
    expect((await execute(database, "select id from notes where id = 10")).rows).toEqual([{ id: 10 }]);
  });

  it("belongs to its caller, by issuer and subject, and to its body", async () => {
    const { call } = await serving();
    expect((await call(insert, row(10), keyed("k"))).status).toBe(200);
    const other = await call(insert, row(11), keyed("k"));
    expect(other.body.error).toMatchObject({ code: "conflict", details: { key: "another_call" } });
    const issuer = adaOf({ iss: "https://two.test" });
    expect((await call(insert, row(12), keyed("k", issuer))).body.data).toMatchObject({ count: 1 });
    const subject = unverified({ iss: "https://one.test", sub: "bob" });
    expect((await call(insert, row(13), keyed("k", subject))).body.data).toMatchObject({ count: 1 });
  });

  it("needs a token, and a key that is one", async () => {
    const { call } = await serving({ logic: { write: sqlLogic("select 1 as n") } });
    expect((await call("write", {}, { "idempotency-key": "k" })).body.error?.code).toBe("unauthenticated");
    expect((await call("write", {}, keyed("k".repeat(201)))).body.error?.code).toBe("malformed_request");
    expect((await call("none", {}, keyed("k"))).body.error?.code).toBe("not_found");
  });

  it("that failed has not used its key up", async () => {
    const { call } = await serving();
    expect((await call(insert, row(1), keyed("k"))).body.error?.code).toBe("conflict");
    expect((await call(insert, row(1), keyed("k"))).body.error?.details).not.toHaveProperty("key");
    expect((await call(insert, row(10), keyed("k"))).status).toBe(200);
  });

  it("is repeated by the caller's present rights", async () => {
    const { call, database } = await serving();
    await call(insert, row(10), keyed("k"));
    const repeated = async (claims: object) => (await call(insert, row(10), keyed("k", adaOf(claims)))).body;
    expect((await repeated({ roles: ["editor"] })).data).toEqual({
      count: 1,
      rows: [{ id: 10, owner_id: "ada", body: "new", mood: null }],
    });
    await execute(database, "update notes set body = 'later' where id = 10");
    expect((await repeated({})).data).toEqual({ count: 1, rows: [{ id: 10, body: "later" }] });
    await execute(database, "update notes set owner_id = 'bob' where id = 10");
    expect((await repeated({})).data).toEqual({ count: 1, rows: [] });
  });

  it("is refused when the rules no longer allow it", async () => {
    const { call, bridge } = await serving();
    expect((await call(insert, row(10), keyed("k"))).status).toBe(200);
    const { insert: _, ...notes } = permissions.main?.notes ?? {};
    await bridge.reload(
      manifestOf({
        permissions: {
          main: { notes: { ...notes, insert: { editor: { columns: ["id", "body"], set: {} } } } },
        },
      }),
      "/nowhere",
    );
    expect((await call(insert, row(10), keyed("k"))).body.error?.code).toBe("forbidden");
  });

  it("gives what a delete has deleted by its count", async () => {
    const { call } = await serving();
    const gone = { where: { id: { lte: 3 } } };
    expect((await call("db/main/notes/delete", gone, keyed("k"))).body.data).toMatchObject({ count: 2 });
    expect((await call("db/main/notes/delete", gone, keyed("k"))).body.data).toEqual({ count: 2, rows: [] });
  });

  it("that only reads ignores it", async () => {
    const read = sqlLogic("select 1 as n");
    const logic: Manifest["logic"] = { read: { ...read, readOnly: true }, cached: { ...read, cacheMs: 1 } };
    const { call, database } = await serving({ logic });
    for (const path of ["db/main/notes/select", "read", "cached"])
      expect((await call(path, {}, keyed("k"))).status).toBe(200);
    expect((await execute(database, "select * from _stk_run.idempotency")).rows).toEqual([]);
  });

  it("waits for the first with it, and is a conflict when its own time is over", async () => {
    const slow = sqlLogic("select count(*)::integer as n from (select pg_advisory_xact_lock(7)) as held");
    const { call, database } = await serving({ logic: { slow } });
    const { limits } = manifestOf().server;
    const patient = await serve({
      url: database,
      manifest: manifestOf({
        logic: { slow },
        server: { limits: { ...limits, timeMs: 60_000 }, drainMs: 100 },
      }),
      environment: { STK_DISABLE_AUTH: "true" },
    });
    await untilReady(patient);
    const client = await openPostgres({ url: database, applicationName: "test", connectTimeoutMs: 5_000 });
    onTestFinished(() => client.close());
    await client.query("select pg_advisory_lock(7)");
    const waiting =
      "select from pg_stat_activity where wait_event = 'advisory' and datname = current_database()";
    const first = patient.call("slow", {}, keyed("k"));
    await expect.poll(async () => (await client.query(waiting)).length).toBe(1);
    const late = await call("slow", {}, keyed("k"));
    expect(late.body.error).toMatchObject({ code: "conflict", details: { key: "running" } });
    await client.query("select pg_advisory_unlock(7)");
    expect((await first).body.data).toBe(1);
    expect((await call("slow", {}, keyed("k"))).body.data).toBe(1);
  });

  it("is free again after a day, and old keys are deleted by whoever comes", async () => {
    const { call, database } = await serving();
    await call(insert, row(10), keyed("k"));
    await execute(
      database,
      `insert into _stk_run.idempotency select 'old' || n, '', '', '', now() - interval '2 days' from generate_series(1, 70) n;
       update _stk_run.idempotency set at = now() - interval '25 hours'`,
    );
    expect((await call(insert, row(11), keyed("k"))).body.data).toMatchObject({ count: 1 });
    const left = async () =>
      (await execute(database, "select count(*)::int4 as n from _stk_run.idempotency")).rows[0]?.n;
    expect(await left()).toBe(21);
    await call(insert, row(12), keyed("other"));
    expect(await left()).toBe(2);
  });

  it("fails by name without the table, and without the right to it; others do not", async () => {
    const { url } = await notesDatabase();
    const served = await serve({
      url,
      manifest: manifestOf({ permissions }),
      environment: { STK_DISABLE_AUTH: "true" },
    });
    await untilReady(served);
    expect((await served.call(insert, row(10), keyed("k"))).body.error?.code).toBe("keys_unavailable");
    expect((await served.call(insert, row(10), ada)).status).toBe(200);
  });
});

describe("a module that is called with a key", () => {
  const schema = `${notesSql}; create schema _stk_run; create table _stk_run.idempotency
    (id text primary key, request text not null, rights text not null, answer text, at timestamptz not null default now())`;

  it("runs once, and is given again to the same rights only", async () => {
    const { call, sql } = await serveModules(
      {
        it: `await context.sql\`insert into notes values (1, 'ada', 'again')\`.catch(() => undefined);
          const [{ n }] = await context.sql\`insert into notes select max(id) + 1, 'ada', 'x' from notes returning id as n\`;
          await context.transaction(async () => { await context.call("more"); });
          return { n, big: "x".repeat(params.n) };`,
        more: "await context.sql`insert into notes select max(id) + 1, 'ada', 'y' from notes`",
      },
      { schema },
    );
    const first = await call("it", {}, keyed("k"));
    expect(first.body.data).toEqual({ n: 4, big: "x" });
    expect((await call("it", {}, keyed("k", adaOf({ exp: 9_999_999_999, jti: "2" })))).body).toEqual(
      first.body,
    );
    expect((await call("it", {}, keyed("k", adaOf({ tenant: 2 })))).body.error).toMatchObject({
      code: "conflict",
      details: { key: "other_rights" },
    });
    expect((await call("it", { n: 2_000_000 }, keyed("big"))).body.error?.code).toBe("key_refused");
    expect(await sql("select count(*)::integer as n from notes")).toEqual([{ n: 5 }]);
  });

  it.each([
    [
      "several_transactions",
      `await context.transaction((one) => one.sql\`delete from notes\`); await context.transaction((two) => two.sql\`select 1\`);`,
    ],
    [
      "several_connections",
      `await context.sql\`delete from notes\`; await context.connection("other").sql\`select 1\`;`,
    ],
  ])("is refused for %s, and nothing of it stays", async (reason, body) => {
    const { connections, environment } = manifestOf();
    const { main } = connections;
    const { call, sql } = await serveModules(
      { it: body },
      { schema, change: { connections: main === undefined ? {} : { main, other: main }, environment } },
    );
    expect((await call("it", {}, keyed("k"))).body.error).toMatchObject({
      code: "key_refused",
      details: { reason },
    });
    expect(await sql("select count(*)::integer as n from notes")).toEqual([{ n: 3 }]);
    expect((await call("it", {}, ada)).status).toBe(200);
  });

  it("is told of a schema that does not fit as without it, and so are the calls that a module makes", async () => {
    const { call, sql } = await serveModules(
      {
        inside: 'return context.transaction(() => context.call("db/main/notes/select", {}));',
        outside: 'return context.call("db/main/notes/select", {});',
      },
      { schema },
    );
    await sql("alter table notes rename to others");
    for (const headers of [keyed("k1"), ada])
      for (const [path, params] of [[insert, row(10)], ["inside"], ["outside"]] as const)
        expect([path, (await call(path, params ?? {}, headers)).body.error?.code]).toEqual([
          path,
          "schema_mismatch",
        ]);
  });
});
