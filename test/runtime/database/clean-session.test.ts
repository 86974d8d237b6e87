import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Database } from "../../../runtime/database/database.ts";
import { createPool } from "../../../runtime/database/pool.ts";
import { startPooler } from "../../services/pgbouncer.ts";
import { execute, notesDatabase } from "../serve.ts";

/** A pool of one session, of a server or of a pooler that has one. */
async function oneSession(pooled: boolean, sql = ""): Promise<{ pool: Database; url: string }> {
  const { url } = await notesDatabase();
  await execute(url, sql);
  const pooler = pooled ? await startPooler(url, { mode: "transaction", sessions: 1 }) : undefined;
  const settings = { url: pooler?.url ?? url, pool: 1, statementTimeoutMs: 5_000, connectTimeoutMs: 2_000 };
  const pool = createPool("main", settings, pino({ level: "silent" }));
  onTestFinished(async () => {
    await pool.close();
    await pooler?.stop();
  });
  return { pool, url };
}

const places = [
  ["on a session of its own", false],
  ["behind a pooler", true],
] as const;

/** What a statement of logic does, in each way in which logic runs it. */
const ways: readonly (readonly [how: string, run: (pool: Database, text: string) => Promise<unknown>])[] = [
  ["alone", (pool, text) => pool.query({ text, ofLogic: true }, [])],
  ["in a transaction", (pool, text) => pool.transaction((inner) => inner.query({ text, ofLogic: true }, []))],
  [
    "where writes are refused",
    (pool, text) =>
      pool.transaction((inner) => inner.query({ text, ofLogic: true }, []), undefined, { readOnly: true }),
  ],
  [
    "in a transaction that is rolled back",
    (pool, text) =>
      expect(
        pool.transaction(async (inner) => {
          await inner.query({ text, ofLogic: true }, []);
          throw new Error("No more.");
        }),
      ).rejects.toThrow("No more."),
  ],
  [
    "in a transaction whose commit fails",
    (pool, text) =>
      expect(
        pool.transaction(async (inner) => {
          await inner.query({ text: "insert into kept values (1), (1)" }, []);
          await inner.query({ text, ofLogic: true }, []);
        }),
      ).rejects.toMatchObject({ code: "23505", constraint: "kept_key" }),
  ],
];
const kept =
  "create table kept (id int); alter table kept add constraint kept_key unique (id) deferrable initially deferred;";
const cases = places.flatMap(([place, pooled]) =>
  ways.map(([how, run]) => [`${place}, ${how}`, pooled, run] as const),
);

describe.each(cases)("what logic does %s", (_, pooled, run) => {
  it("is not there for the next caller where it cannot be taken away", async () => {
    const { pool, url } = await oneSession(pooled, `${kept} create table audit (tenant text)`);
    const hostile = `select (select count(set_config('x.a' || i, repeat('a', 2000), false)) from generate_series(1, 8000) i),
      set_config('app.tenant', 'of the attacker', false), set_config('statement_timeout', '1', false)`;
    await pool.query({ name: "warm", text: "select 1 as n", readOnly: true }, []);
    const write = { text: "insert into audit values (current_setting('app.tenant', true))" };
    await run(pool, hostile);
    await Promise.all([1, 2, 3].map(() => pool.query(write, [])));
    expect((await execute(url, "select count(*)::int as n from audit where tenant <> ''")).rows).toEqual([
      { n: 0 },
    ]);
  });

  it("gives no statement of the Bridge another meaning", async () => {
    const { pool } = await oneSession(
      pooled,
      `${kept} create function evil() returns int language plpgsql as $$ declare one record; n int := 0; begin
        for one in select name from pg_prepared_statements where not from_sql loop
          execute format('deallocate %I', one.name);
          execute format('prepare %I (integer) as select body from notes where $1 is not null', one.name);
          n := n + 1;
        end loop;
        return n; end $$`,
    );
    const own = {
      name: "stk_one",
      text: "select body from notes where id = $1::integer order by 1",
      readOnly: true,
    };
    expect((await pool.query(own, ["1"])).rows).toEqual([{ body: "one" }]);
    await run(pool, "select evil() as n");
    const asked = [1, 2, 3].map(async () => (await pool.query(own, ["1"])).rows);
    expect(await Promise.all(asked)).toEqual([1, 2, 3].map(() => [{ body: "one" }]));
  });

  it("tells nobody the next random number", async () => {
    const { pool } = await oneSession(pooled, kept);
    const next = { text: "select random() as n", readOnly: true };
    await run(pool, "select setseed(0.5)");
    const first = (await pool.query(next, [])).rows;
    await run(pool, "select setseed(0.5)");
    expect((await pool.query(next, [])).rows).not.toEqual(first);
  });

  it.each([
    ["by its name", "select pg_advisory_lock(4711)"],
    ["by an escaped name", String.raw`select U&"pg\005fadvisory_lock"(4711)`],
    ["in a function", "select grab()"],
  ])("keeps no lock when it is over, taken %s", async (_, text) => {
    const { pool, url } = await oneSession(
      pooled,
      `${kept} create function grab() returns void language sql as $$ select pg_advisory_lock(4711) $$`,
    );
    await run(pool, text);
    const locks =
      "select pid from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())";
    await expect.poll(async () => (await execute(url, locks)).rows).toEqual([]);
  });
});

it("a session stays the same where what logic left on it was taken away", async () => {
  const { pool } = await oneSession(false, "create sequence numbers");
  const pid = { name: "pid", text: "select pg_backend_pid() as pid", readOnly: true };
  const [before] = (await pool.query(pid, [])).rows;
  for (const [, run] of ways.slice(0, 4))
    await run(pool, "select set_config('app.tenant', 'ada', false), pg_advisory_lock(4711)");
  expect((await pool.query(pid, [])).rows).toEqual([before]);
});

it("a session that a pooler sets up by itself is cleaned too", async () => {
  const { url } = await notesDatabase();
  await execute(
    url,
    `create function set_up() returns event_trigger language plpgsql as $$ begin
      set datestyle = 'ISO, YMD'; set timezone = 'UTC'; set intervalstyle = 'iso_8601'; set bytea_output = 'hex'; end $$;
    create event trigger set_up on login execute function set_up()`,
  );
  const pooler = await startPooler(url, { mode: "session", sessions: 1, ignore: "options" });
  const settings = { url: pooler.url, pool: 1, statementTimeoutMs: 5_000, connectTimeoutMs: 2_000 };
  const pool = createPool("main", settings, pino({ level: "silent" }));
  onTestFinished(async () => {
    await pool.close();
    await pooler.stop();
  });
  await pool.query({ text: "select set_config('app.tenant', 'ada', false)" }, []);
  const asked = { text: "select current_setting('app.tenant', true) as tenant, '1 day'::interval as span" };
  expect((await pool.query(asked, [])).rows).toEqual([
    { tenant: expect.not.stringContaining("ada"), span: "P1D" },
  ]);
});
