import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../runtime/database/database.ts";
import { createPool } from "../../runtime/database/pool.ts";
import { silentLog } from "../../runtime/log.ts";
import { type EmbeddedDatabase, openPglite } from "../../src/database/pglite.ts";
import { type DatabaseServer, serveDatabase } from "../../src/dev/database-server.ts";

let embedded: EmbeddedDatabase;
let server: DatabaseServer;
beforeAll(async () => {
  embedded = await openPglite();
  await embedded.script(
    "create table tea (id int primary key, at timestamptz default '2026-11-21 02:00+00')",
  );
  server = await serveDatabase(embedded);
});
afterAll(async () => {
  await server.close();
  await embedded.close();
});

const withPool = async (work: (pool: Database) => Promise<void>) => {
  const settings = { url: server.url, pool: 1, statementTimeoutMs: 5_000, connectTimeoutMs: 5_000 };
  const pool = createPool("main", settings, silentLog);
  try {
    await work(pool);
  } finally {
    await pool.close();
  }
};
const increment = { name: "increment", text: "select $1::int + 1 as n" };

test("the Bridge's pool pipelines prepared statements, and an error ends none but its own", () =>
  withPool(async (pool) => {
    const invert = { name: "invert", text: "select 1 / $1::int as n" };
    const answers = await Promise.allSettled([
      pool.query(increment, ["1"]),
      pool.query(invert, ["0"]),
      pool.query({ text: "select nothing" }, []),
      pool.query(increment, ["2"]),
      pool.query(invert, ["1"]),
    ]);
    expect(
      answers.map((answer) => (answer.status === "fulfilled" ? answer.value.rows[0]?.n : answer.reason.code)),
    ).toEqual([2, "22012", "42703", 3, 1]);
  }));

test("a client that comes back can name its statements again", async () => {
  for (const _ of [1, 2, 3])
    await withPool(async (pool) => {
      expect((await pool.query(increment, ["1"])).rows).toEqual([{ n: 2 }]);
    });
});

test("transactions are whole, and values read as from any Postgres", () =>
  withPool(async (pool) => {
    const failed = pool.transaction(async (transaction) => {
      await transaction.query({ text: "insert into tea values (1)" }, []);
      await transaction.query({ text: "insert into tea values (1)" }, []);
    });
    await expect(failed).rejects.toMatchObject({ code: "23505" });
    const text = "select count(*) as rows, '2 days'::interval as span, max(at) as at from tea";
    expect((await pool.query({ text }, [])).rows).toEqual([{ rows: "0", span: "P2D", at: null }]);
    await pool.transaction((transaction) => transaction.query({ text: "insert into tea values (1)" }, []));
    const { rows } = await pool.query({ text: "select * from tea" }, []);
    expect(rows).toEqual([{ id: 1, at: "2026-11-21T02:00:00Z" }]);
  }));
