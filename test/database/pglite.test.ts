import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { openPglite, type PgliteOptions } from "../../src/database/pglite.ts";
import { SqlError } from "../../src/database/sql-error.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "stk-pglite-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
});

async function open(options: PgliteOptions = {}) {
  const database = await openPglite(options);
  onTestFinished(async () => {
    if (!database.pglite.closed) await database.close();
  });
  return database;
}

it("gives numbers that a double cannot hold as text, and is in UTC", async () => {
  const database = await open();
  expect(
    await database.query(
      "select 9007199254740993::bigint as b, 1.10 as n, current_setting('timezone') as zone",
    ),
  ).toEqual([{ b: "9007199254740993", n: "1.10", zone: "UTC" }]);
});

it("says what Postgres refuses, and goes on", async () => {
  const database = await open();
  const error: unknown = await database
    .query("select nothing from nowhere")
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SqlError);
  expect(error).toMatchObject({
    problem: { sqlstate: "42P01", position: 21 },
    sql: "select nothing from nowhere",
  });
  await expect(database.script("create table a (x int); selec 1")).rejects.toMatchObject({
    problem: { sqlstate: "42601" },
  });
  expect(await database.query("select 1 as one")).toEqual([{ one: 1 }]);
});

it("keeps a directory from one time to the next", { timeout: 60_000 }, async () => {
  const data = join(directory, "data");
  const first = await open({ directory: data });
  await first.script("create table kept (a int); insert into kept values (7)");
  await first.close();
  const second = await open({ directory: data });
  expect(await second.query("select a from kept")).toEqual([{ a: 7 }]);
});

it("leaves alone a directory that holds something else", async () => {
  const file = join(directory, "letter");
  await writeFile(file, "Dear Ann");
  await expect(openPglite({ directory })).rejects.toMatchObject({ code: "not_a_database" });
  expect(await readdir(directory)).toEqual(["letter"]);
  const beside = await readdir(dirname(directory));
  expect(beside.filter((name) => name.startsWith(`${basename(directory)}.new`))).toEqual([]);
});

it("makes its cache again when that is damaged, and does without when it cannot be written", {
  timeout: 60_000,
}, async () => {
  const cache = join(directory, "cache");
  await (await open({ cache })).close();
  const [name = ""] = await readdir(cache);
  const good = await readFile(join(cache, name));
  await writeFile(join(cache, name), Buffer.concat([good.subarray(0, 1_000_000), Buffer.alloc(9)]));
  const database = await open({ cache });
  expect(await database.query("select 1 as one")).toEqual([{ one: 1 }]);
  expect(await readdir(cache)).toEqual([name]);
  expect((await readFile(join(cache, name))).byteLength).toBe(good.byteLength);

  await writeFile(join(directory, "file"), "");
  const without = await open({ cache: join(directory, "file", "cache") });
  expect(await without.query("select 1 as one")).toEqual([{ one: 1 }]);
});

it("has locks for a transaction that makes thousands of tables", async () => {
  const database = await open();
  const [row] = await database.query(
    "select count(pg_advisory_xact_lock(n))::int4 as locks from generate_series(1, 100000) n",
  );
  expect(row).toEqual({ locks: 100_000 });
});
