import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, isDatabaseError } from "../../runtime/database/database.ts";
import { writeJson } from "../../runtime/sql/json-text.ts";
import { type EmbeddedDatabase, openPglite } from "../../src/database/pglite.ts";
import { embeddedConnection } from "../../src/dev/embedded-connection.ts";

let embedded: EmbeddedDatabase;
let database: Database;
beforeAll(async () => {
  embedded = await openPglite();
  await embedded.script(
    "create type colour as enum ('red', 'blue'); create table tea (id int primary key, name text)",
  );
  database = await embeddedConnection(embedded);
});
afterAll(() => embedded.close());

test("values come as schema/wire.ts says", async () => {
  const text = `select 9007199254740993::bigint as big, 1.50::numeric as exact, true as yes, null::text as nothing,
    '2026-11-21 02:19:42.123456+00'::timestamptz as at, '2026-11-21'::date as day, '{"a": [1]}'::jsonb as json,
    '\\x6869'::bytea as bytes, array[1, null]::int[] as list, 'red'::colour as colour, '1 day'::interval as span`;
  const { rows, count } = await database.query({ text }, []);
  expect(count).toBe(1);
  expect(JSON.parse(writeJson(rows))).toEqual([
    {
      big: "9007199254740993",
      exact: "1.50",
      yes: true,
      nothing: null,
      at: "2026-11-21T02:19:42.123456Z",
      day: "2026-11-21",
      json: { a: [1] },
      bytes: "aGk=",
      list: [1, null],
      colour: "red",
      span: "P1D",
    },
  ]);
});

test("values go as text, lists as arrays, and null as null", async () => {
  const text = "select $1::boolean as a, $2::jsonb as b, $3::text[] as c, $4::int as d, $5::timestamptz as e";
  const values = ["true", '{"x": 1}', ["a,b", 'c"d', null], null, "2026-11-21T00:00:00Z"];
  const { rows } = await database.query({ text }, values);
  expect(JSON.parse(writeJson(rows))).toEqual([
    { a: true, b: { x: 1 }, c: ["a,b", 'c"d', null], d: null, e: "2026-11-21T00:00:00Z" },
  ]);
});

test("count says how many rows were written", async () => {
  const { count } = await database.query({ text: "insert into tea values (1, 'a'), (2, 'b')" }, []);
  expect(count).toBe(2);
  expect((await database.query({ text: "delete from tea where id = 2" }, [])).count).toBe(1);
});

test("what Postgres refuses has its SQLSTATE, and the next statement is answered", async () => {
  const refused = database.query({ text: "insert into tea values (1, 'a')" }, []);
  expect(await refused.catch(isDatabaseError)).toBe(true);
  await expect(refused).rejects.toMatchObject({ code: "23505", constraint: "tea_pkey" });
  expect((await database.query({ text: "select 1 as one" }, [])).rows).toEqual([{ one: 1 }]);
});

test("a transaction is rolled back when the work throws, and when a statement failed whose error was swallowed", async () => {
  const insert = { text: "insert into tea values (7, 'x')" };
  const thrown = database.transaction(async (transaction) => {
    await transaction.query(insert, []);
    throw new Error("no");
  });
  await expect(thrown).rejects.toThrow("no");
  const swallowed = database.transaction(async (transaction) => {
    await transaction.query(insert, []);
    await transaction.query({ text: "select 1 / 0" }, []).catch(() => undefined);
  });
  await expect(swallowed).rejects.toMatchObject({ code: "25P02" });
  expect((await database.query({ text: "select * from tea where id = 7" }, [])).rows).toEqual([]);
});

test("statements outside of a transaction wait for it", async () => {
  const order: string[] = [];
  const transaction = database.transaction(async (inside) => {
    await inside.query({ text: "insert into tea values (8, 'x')" }, []);
    order.push("transaction");
    throw new Error("rolled back");
  });
  const outside = database.query({ text: "select * from tea where id = 8" }, []).then(({ rows }) => {
    order.push("outside");
    return rows;
  });
  await expect(transaction).rejects.toThrow("rolled back");
  expect(await outside).toEqual([]);
  expect(order).toEqual(["transaction", "outside"]);
});

test("a signal that aborts ends a transaction, which leaves nothing behind", async () => {
  const controller = new AbortController();
  const work = database.transaction(async (transaction) => {
    await transaction.query({ text: "insert into tea values (9, 'x')" }, []);
    controller.abort();
    await new Promise(() => undefined);
  }, controller.signal);
  await expect(work).rejects.toMatchObject({ code: "timeout" });
  expect((await database.query({ text: "select * from tea where id = 9" }, [])).rows).toEqual([]);
  await expect(database.query({ text: "select 1" }, [], controller.signal)).rejects.toMatchObject({
    code: "timeout",
  });
});

test("a transaction that only reads refuses the writes of functions too, and the next one writes", async () => {
  await embedded.script(
    "create function brew() returns int language sql as 'insert into tea values (7, null) returning id'",
  );
  const call = { text: "select brew()" };
  const reading = database.transaction((inner) => inner.query(call, []), undefined, { readOnly: true });
  await expect(reading).rejects.toMatchObject({ code: "25006" });
  expect((await database.transaction((inner) => inner.query(call, []))).count).toBe(1);
});

test("what a function leaves on the session is not there for the next call", async () => {
  await embedded.script(
    "create function keep() returns void language plpgsql as $$ begin create temp table kept (n int); perform set_config('app.tenant', 'ada', false), setseed(0.5); execute 'prepare kept as select 1'; end $$",
  );
  const left = `select to_regclass('kept') as kept, nullif(current_setting('app.tenant', true), '') as tenant,
    (select count(*)::int from pg_prepared_statements where from_sql) as prepared, random() as next`;
  const numbers = new Set();
  for (const _ of [1, 2]) {
    await database.query({ text: "select keep()" }, []);
    const [{ next, ...kept } = {}] = (await database.query({ text: left, readOnly: true }, [])).rows;
    expect(kept).toEqual({ kept: null, tenant: null, prepared: 0 });
    numbers.add(next);
  }
  expect(numbers.size).toBe(2);
});
