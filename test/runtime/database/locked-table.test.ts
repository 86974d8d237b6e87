import pg from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Database } from "../../../runtime/database/database.ts";
import { createPool } from "../../../runtime/database/pool.ts";
import { silentLog } from "../../../runtime/log.ts";
import { answerTo } from "../../../runtime/sql/failure.ts";
import { execute, notesDatabase } from "../serve.ts";

const ofNotes = { name: "notes", text: "select body from notes where id = $1::integer", readOnly: true };
/** Logic of which it is not known whether it changes something. */
const logicOfNotes = { text: "select count(*) from notes" };
const write = { text: "update notes set body = 'new' where id = $1::integer" };
const ofOthers = { name: "others", text: "select n from others where n = 1", readOnly: true };
const logicOfOthers = { text: "select max(n) as n from others" };
const writeOther = { text: "insert into others values (2)" };

async function lockedNotes(pool: number): Promise<{ database: Database; release(): Promise<void> }> {
  const { url } = await notesDatabase();
  await execute(url, "create table others (n integer); insert into others values (1)");
  const database = createPool(
    "main",
    { url, pool, statementTimeoutMs: 10_000, connectTimeoutMs: 5_000 },
    silentLog,
  );
  onTestFinished(() => database.close());
  await Promise.all(Array.from({ length: pool }, () => database.query({ text: "select pg_sleep(0.1)" }, [])));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query("begin; lock table notes in access exclusive mode");
  return {
    database,
    async release() {
      await client.query("commit");
    },
  };
}

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "done",
    (error: unknown) => {
      const answer = answerTo(error, () => undefined);
      return typeof answer === "object" && answer !== null && "code" in answer ? answer.code : answer;
    },
  );

describe.each([4, 10])("a table that is locked, with a pool of %i,", (pool) => {
  it("fails its own calls as unavailable or late, and keeps no other call waiting", async () => {
    const { database } = await lockedNotes(pool);
    const values = ["1"];
    const limit = AbortSignal.timeout(4_500);
    const stuck = Array.from({ length: 40 }, (_, index) => {
      if (index % 4 === 0) return codeOf(database.query(write, values, limit));
      if (index % 4 === 1) return codeOf(database.query(logicOfNotes, [], limit));
      if (index % 8 === 2)
        return codeOf(
          database.transaction((inner) => inner.query(write, values), limit, { about: write.text }),
        );
      return codeOf(database.query(ofNotes, values, limit));
    });
    let isOver = false;
    const codes = Promise.all(stuck).finally(() => {
      isOver = true;
    });
    const times: number[] = [];
    while (!isOver) {
      const started = performance.now();
      await Promise.all([ofOthers, logicOfOthers, writeOther].map((one) => database.query(one, [])));
      times.push(performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(new Set(await codes)).toEqual(new Set(["unavailable", "timeout"]));
    expect(times.length).toBeGreaterThan(20);
    expect(Math.max(...times)).toBeLessThan(1_500);
  });

  it("for a moment fails nothing: what was sent meanwhile is answered", async () => {
    const { database, release } = await lockedNotes(pool);
    const values = ["1"];
    const calls = Array.from({ length: 40 }, (_, index) =>
      codeOf(index % 4 === 0 ? database.query(write, values) : database.query(ofNotes, values)),
    );
    const others = Array.from({ length: 10 }, () => database.query(logicOfOthers, []));
    await Promise.all(others);
    await release();
    expect(new Set(await Promise.all(calls))).toEqual(new Set(["done"]));
  });
});

it("is not suspected where reads of it are slow: others of it, and transactions, run beside them", async () => {
  const { database, release } = await lockedNotes(4);
  await release();
  const slow = Array.from({ length: 3 }, () =>
    database.query({ text: "select count(*) from notes, pg_sleep(2)" }, []),
  );
  await new Promise((resolve) => setTimeout(resolve, 400));
  const started = performance.now();
  await database.query(ofNotes, ["1"]);
  await database.query(write, ["1"]);
  await database.transaction((inner) => inner.query(write, ["1"]));
  expect(performance.now() - started).toBeLessThan(1_000);
  await Promise.all(slow);
});
