import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import type { PoolSettings } from "../../../runtime/database/config.ts";
import type { Database } from "../../../runtime/database/database.ts";
import { createPool } from "../../../runtime/database/pool.ts";
import { silentLog } from "../../../runtime/log.ts";
import { writeJson } from "../../../runtime/sql/json-text.ts";
import { freePort } from "../../services/port.ts";
import { execute, notesDatabase } from "../serve.ts";

const settings = { pool: 3, statementTimeoutMs: 5_000, connectTimeoutMs: 2_000 };

function poolOf(url: string, change: Partial<PoolSettings> = {}): Database {
  const pool = createPool("main", { ...settings, url, ...change }, silentLog);
  onTestFinished(() => pool.close());
  return pool;
}

const refused = (code: string) => expect.objectContaining({ code });
const read = { name: "by_id", text: "select body from notes where id = $1::integer" };
const sleep = (seconds: number) => ({ text: `select pg_sleep(${seconds})` });

describe("statements", () => {
  it("give rows decoded as JSON, and a count", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url);
    const text = `select 1::bigint as big, 1.50::numeric as exact, true as yes, '2026-11-21 03:00+01'::timestamptz as at,
      '{"a":[1]}'::jsonb as json, array['x',null] as list, '\\x00ff'::bytea as bytes, null as nothing`;
    expect(JSON.parse(writeJson(await pool.query({ text }, [])))).toEqual({
      count: 1,
      rows: [
        {
          big: "1",
          exact: "1.50",
          yes: true,
          at: "2026-11-21T02:00:00Z",
          json: { a: [1] },
          list: ["x", null],
          bytes: "AP8=",
          nothing: null,
        },
      ],
    });
    expect((await pool.query({ text: "update notes set mood = null" }, [])).count).toBe(3);
  });

  it("each get their own answer, however many are under way", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url);
    const ids = Array.from({ length: 300 }, (_, index) => (index % 4) + 1);
    const bodies = await Promise.all(
      ids.map(async (id) => (await pool.query(read, [String(id)])).rows[0]?.body),
    );
    expect(bodies).toEqual(ids.map((id) => ["one", "two", "three", undefined][id - 1]));
  });

  it("fail alone", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { pool: 1 });
    const results = await Promise.allSettled([
      pool.query(read, ["1"]),
      pool.query({ text: "select 1 / $1::integer as n" }, ["0"]),
      pool.query({ name: "missing", text: "select * from missing" }, []),
      pool.query(read, ["2"]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
    expect(results[1]).toMatchObject({ reason: { code: "22012" } });
    expect(results[2]).toMatchObject({ reason: { code: "42P01" } });
  });

  it("are one each: nothing runs behind a semicolon", async () => {
    const { url } = await notesDatabase();
    await expect(poolOf(url).query({ text: "select 1; drop table notes" }, [])).rejects.toEqual(
      refused("42601"),
    );
  });

  it("leave no transaction open, in which the writes of others would be lost", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { pool: 1 });
    await expect(pool.query({ text: "begin" }, [])).rejects.toThrow("left a transaction open");
    await pool.query({ text: "insert into notes values (9, 'ada', 'kept')" }, []);
    await expect(pool.query({ text: "select 1 / 0" }, [])).rejects.toThrow();
    expect((await execute(url, "select body from notes where id = 9")).rows).toEqual([{ body: "kept" }]);
  });

  it("bind values and lists as values", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url);
    const evil = "'; drop table notes; --";
    const { rows } = await pool.query({ text: "select $1::text as a, $2::text[] as b" }, [
      evil,
      [evil, '{},"', null],
    ]);
    expect(rows).toEqual([{ a: evil, b: [evil, '{},"', null] }]);
  });

  it("use no more sessions than they may", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url);
    const who = { text: "select pg_backend_pid() as pid, pg_sleep(0.02)" };
    const answers = await Promise.all(Array.from({ length: 30 }, () => pool.query(who, [])));
    expect(new Set(answers.map(({ rows }) => rows[0]?.pid)).size).toBe(3);
  });

  it("do not wait behind one that is slow while a session is free", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { pool: 2 });
    await Promise.all([pool.query(read, ["1"]), pool.query(read, ["1"]), pool.query(read, ["1"])]);
    const slow = pool.query(sleep(1), []);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const started = performance.now();
    for (let n = 0; n < 20; n += 1) await pool.query(read, ["1"]);
    expect(performance.now() - started).toBeLessThan(700);
    await slow;
  });

  it("go on after their table changed under a prepared statement", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { pool: 1 });
    const all = { name: "all", text: "select * from notes where id = 1" };
    await pool.query(all, []);
    await execute(url, "alter table notes add column extra text default 'new'");
    expect((await pool.query(all, [])).rows[0]?.extra).toBe("new");
    await pool.query({ text: "deallocate all" }, []);
    expect((await pool.query(all, [])).rows[0]?.body).toBe("one");
  });
});

describe("time", () => {
  it("ends a statement at the statement timeout", async () => {
    const { url } = await notesDatabase();
    await expect(poolOf(url, { statementTimeoutMs: 100 }).query(sleep(5), [])).rejects.toEqual(
      refused("57014"),
    );
  });

  it("is over with the signal: the statement is cancelled, and those behind it are answered", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { pool: 1 });
    await pool.query(read, ["1"]);
    const controller = new AbortController();
    const slow = pool.query(sleep(4), [], controller.signal);
    const behind = pool.query(read, ["2"]);
    setTimeout(() => controller.abort(), 100);
    const started = performance.now();
    await expect(slow).rejects.toEqual(refused("timeout"));
    expect((await behind).rows).toEqual([{ body: "two" }]);
    expect(performance.now() - started).toBeLessThan(1_500);
  });

  it("that is over before it began sends nothing", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url);
    await expect(pool.query({ text: "delete from notes" }, [], AbortSignal.abort())).rejects.toEqual(
      refused("timeout"),
    );
    expect((await pool.query(read, ["1"])).count).toBe(1);
  });

  it("that is over while a write waits for a session sends nothing, though a session gets free first", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { pool: 1 });
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const holder = pool.transaction(async (inner) => {
      await inner.query({ text: "select" }, []);
      begin();
      await held;
    });
    await begun;
    const time = new AbortController();
    const text = "insert into notes values (9, 'ada', 'nine')";
    const late = pool.query({ text }, [], time.signal).catch((error: unknown) => error);
    time.abort();
    release();
    await holder;
    expect(await late).toEqual(refused("timeout"));
    expect((await pool.query(read, ["9"])).rows).toEqual([]);
  });

  it("of those cancelled by mistake is given again", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { pool: 2 });
    const reads: Promise<unknown>[] = [];
    for (let round = 0; round < 10; round += 1) {
      const controller = new AbortController();
      const slow = pool.query(sleep(0.12), [], controller.signal).catch(() => undefined);
      for (let n = 0; n < 10; n += 1) reads.push(pool.query({ text: "select pg_sleep(0.002), 1 as n" }, []));
      setTimeout(() => controller.abort(), 20 + round * 8);
      await slow;
    }
    const results = await Promise.allSettled(reads);
    expect(results.filter(({ status }) => status === "rejected")).toEqual([]);
  });
});

describe("transactions", () => {
  it("commit what was written, and give what the work gives", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url);
    const given = await pool.transaction(async (transaction) => {
      await transaction.query({ text: "delete from notes where id = $1::integer" }, ["1"]);
      return (await transaction.query(read, ["1"])).count;
    });
    expect(given).toBe(0);
    expect((await pool.query(read, ["1"])).count).toBe(0);
  });

  it("roll back when the work throws, and leave the session fit for use", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { pool: 1 });
    const work = pool.transaction(async (transaction) => {
      await transaction.query({ text: "delete from notes" }, []);
      throw new Error("No.");
    });
    await expect(work).rejects.toThrow("No.");
    expect((await pool.query({ text: "select id from notes" }, [])).count).toBe(3);
  });

  it("do not pretend: one whose statement failed is rolled back, though the error was caught", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { pool: 1 });
    const work = pool.transaction(async (transaction) => {
      await transaction.query({ text: "delete from notes" }, []);
      await transaction.query({ text: "select 1/0" }, []).catch(() => undefined);
      return "done";
    });
    await expect(work).rejects.toThrow("rolled back");
    expect((await pool.query({ text: "select id from notes" }, [])).count).toBe(3);
  });

  it("are alone on their session", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { pool: 2 });
    await pool.transaction(async (transaction) => {
      await transaction.query({ text: "delete from notes" }, []);
      const seen = await Promise.all(
        Array.from({ length: 20 }, () => pool.query({ text: "select id from notes" }, [])),
      );
      expect(seen.map(({ count }) => count)).toEqual(Array.from({ length: 20 }, () => 3));
    });
  });

  it("end with the signal, even when the work does not", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { pool: 1 });
    const controller = new AbortController();
    const work = pool.transaction(async (transaction) => {
      await transaction.query({ text: "delete from notes" }, []);
      await new Promise(() => undefined);
    }, controller.signal);
    setTimeout(() => controller.abort(), 100);
    await expect(work).rejects.toEqual(refused("timeout"));
    expect((await pool.query({ text: "select id from notes" }, [])).count).toBe(3);
  });

  it("refuse statements after their end", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url);
    const leaked = await pool.transaction(async (transaction) => ({ transaction }));
    await expect(leaked.transaction.query(read, ["1"])).rejects.toThrow("over");
  });
});

describe("a database that is away", () => {
  it("makes calls unavailable at once, and is asked again later", async () => {
    const pool = poolOf(`postgres://postgres:secret@127.0.0.1:${await freePort()}/x`);
    await expect(pool.query(read, ["1"])).rejects.toEqual(refused("unavailable"));
    const started = performance.now();
    await expect(pool.query(read, ["1"])).rejects.toEqual(refused("unavailable"));
    expect(performance.now() - started).toBeLessThan(50);
  });

  it("that ends sessions fails what ran, and is used again at once", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url);
    await Promise.all(Array.from({ length: 10 }, () => pool.query(sleep(0.01), [])));
    const running = pool.query(sleep(10), []);
    const failure = expect(running).rejects.toEqual(refused("unavailable"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await execute(
      url,
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'santokit' and datname = current_database()",
    );
    await failure;
    const body = () =>
      pool.query(read, ["1"]).then(
        ({ rows }) => rows[0]?.body,
        () => "unavailable",
      );
    await expect.poll(body, { timeout: 1_000 }).toBe("one");
    expect(await Promise.all(Array.from({ length: 20 }, body))).not.toContain("unavailable");
  });

  it("is never shown with its password", async () => {
    const lines: string[] = [];
    const log = pino({ base: null }, { write: (line) => lines.push(line) });
    const url = `postgres://postgres:hunter2@127.0.0.1:${await freePort()}/x`;
    const pool = createPool("main", { ...settings, url }, log);
    onTestFinished(() => pool.close());
    const error: unknown = await pool.query(read, ["1"]).catch((thrown: unknown) => thrown);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join() + String(error)).not.toContain("hunter2");
    expect(() => createPool("main", { ...settings, url: "mysql://a:hunter2@b/c" }, silentLog)).toThrow(
      expect.objectContaining({
        code: "invalid_connection",
        message: expect.not.stringContaining("hunter2"),
      }),
    );
  });
});
