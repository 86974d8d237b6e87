import pg from "pg";
import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import type { PoolSettings } from "../../../runtime/database/config.ts";
import { sessionConfig } from "../../../runtime/database/config.ts";
import type { Database, Queryable } from "../../../runtime/database/database.ts";
import { createPool } from "../../../runtime/database/pool.ts";
import { readUrl } from "../../../runtime/database/url.ts";
import { answerTo } from "../../../runtime/sql/failure.ts";
import { startPooler } from "../../services/pgbouncer.ts";
import { freePort } from "../../services/port.ts";
import { cutter } from "../cutter.ts";
import { detour } from "../detour.ts";
import { execute, notesDatabase } from "../serve.ts";

const settings = { pool: 3, statementTimeoutMs: 5_000, connectTimeoutMs: 2_000 };

function poolOf(url: string, change: Partial<PoolSettings> = {}): Database & { lines: Line[] } {
  const lines: Line[] = [];
  const log = pino({ base: null }, { write: (line) => lines.push(JSON.parse(line)) });
  const pool = createPool("main", { ...settings, url, ...change }, log);
  onTestFinished(() => pool.close());
  return Object.assign(pool, { lines });
}
type Line = { msg: string; reason?: string };

const read = { name: "by_id", text: "select body from notes where id = $1::integer", readOnly: true };
const sessionsOf =
  "select pid from pg_stat_activity where application_name = 'santokit' and datname = current_database()";

/** A session that holds a lock on the notes until it is released. */
async function locked(
  url: string,
  mode = "access exclusive",
): Promise<{ release(sql?: string): Promise<void> }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`begin; lock table notes in ${mode} mode`);
  return {
    async release(sql = "commit") {
      await client.query(sql);
    },
  };
}

describe("a database that restarts", () => {
  it("for a moment is waited for: no call of many at once fails", async () => {
    const { url } = await notesDatabase();
    const way = await detour(url);
    const pool = poolOf(way.url, { pool: 10 });
    await Promise.all(Array.from({ length: 10 }, () => pool.query({ text: "select pg_sleep(0.05)" }, [])));
    await way.close();
    const calls = Promise.all(Array.from({ length: 50 }, () => pool.query(read, ["1"])));
    setTimeout(() => void way.open(), 300);
    expect(new Set((await calls).map(({ rows }) => rows[0]?.body))).toEqual(new Set(["one"]));
  });

  it("behind a pool that is full is still there for those who ask whether it is", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { pool: 2 });
    const held = [1, 2].map(() =>
      pool.transaction((inner) => inner.query({ text: "select pg_sleep(1)" }, [])),
    );
    expect((await pool.reserved.query({ text: "select 1 as n" }, [], AbortSignal.timeout(900))).rows).toEqual(
      [{ n: 1 }],
    );
    await Promise.all(held);
  });
});

describe("a server that was demoted", () => {
  it("is left at the first write that it refuses", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url);
    await pool.query(read, ["1"]);
    const name = new URL(url).pathname.slice(1);
    await execute(url, `alter database ${name} set default_transaction_read_only = on`);
    await execute(url, `select pg_terminate_backend(pid) from (${sessionsOf}) as s`);
    const write = { text: "update notes set body = 'x' where id = 1" };
    await expect
      .poll(() => pool.query(write, []).catch((error: unknown) => error))
      .toMatchObject({ code: "25006" });
    await execute(
      url,
      `begin read write; alter database ${name} set default_transaction_read_only = off; commit`,
    );
    const written = () =>
      pool
        .query(write, [])
        .then(({ count }) => count)
        .catch(() => 0);
    await expect.poll(written, { timeout: 4_000 }).toBe(1);
  });

  it("is passed over where the URL names several and asks for one that is written to", async () => {
    const { url } = await notesDatabase();
    const away = await freePort();
    const target = new URL(url);
    const several = `postgres://${target.username}:${target.password}@127.0.0.1:${away},127.0.0.1:${target.port}${target.pathname}`;
    const pool = poolOf(`${several}?target_session_attrs=read-write`);
    expect((await pool.query(read, ["1"])).rows).toEqual([{ body: "one" }]);
    await execute(url, `alter database ${target.pathname.slice(1)} set default_transaction_read_only = on`);
    const other = poolOf(`${several}?target_session_attrs=read-write`);
    await expect(other.query(read, ["1"])).rejects.toMatchObject({ code: "unavailable" });
    expect(other.lines.map(({ reason }) => reason)).toContain("wrong_server");
  });
});

describe("a session", () => {
  it("ends when it is old, and when it is not used", async () => {
    const { url } = await notesDatabase();
    const old = poolOf(url, { lifetimeMs: 100 });
    const { rows } = await old.query({ text: "select pg_backend_pid() as pid" }, []);
    const pid = async () => (await old.query({ text: "select pg_backend_pid() as pid" }, [])).rows[0]?.pid;
    await expect.poll(pid).not.toBe(rows[0]?.pid);
    const idle = poolOf(url, { idleMs: 50 });
    await idle.query(read, ["1"]);
    await old.close();
    await expect.poll(async () => (await execute(url, sessionsOf)).rows).toEqual([]);
    expect((await idle.query(read, ["1"])).count).toBe(1);
  });

  it("that ends fails no call, however short its life is and however many there are", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { lifetimeMs: 60, idleMs: 60 });
    const pids = new Set<unknown>();
    const write = {
      text: "update notes set body = 'x' where id = $1::integer returning pg_backend_pid() as pid",
    };
    const until = performance.now() + 1_500;
    const callers = Array.from({ length: 12 }, async (_, index) => {
      while (performance.now() < until) {
        const one = index % 3;
        if (one === 0) await pool.query(read, ["1"]);
        else if (one === 1) pids.add((await pool.query(write, [`${index}`])).rows[0]?.pid ?? "none");
        else await pool.transaction((inner) => inner.query(write, ["2"]));
        if (index % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 70));
      }
    });
    await Promise.all(callers);
    expect(pids.size).toBeGreaterThan(5);
  });

  it("keeps no more than a thousand statements prepared, and forgets those that nobody uses", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { pool: 1 });
    for (let n = 0; n < 1_100; n += 1)
      await pool.query({ name: `s${n}`, text: `select ${n} as n`, readOnly: true }, []);
    const prepared =
      "select count(*)::integer as n, count(*) filter (where name = 's0')::integer as first from pg_prepared_statements";
    expect((await pool.query({ text: prepared }, [])).rows).toEqual([{ n: 1_000, first: 0 }]);
    expect((await pool.query({ name: "s0", text: "select 0 as n", readOnly: true }, [])).rows).toEqual([
      { n: 0 },
    ]);
  });

  it("is left by all when a table changes under a function that they have compiled", async () => {
    const { url } = await notesDatabase();
    await execute(
      url,
      `create function lower_body() returns trigger language plpgsql as 'begin new.body := lower(new.body); return new; end';
      create trigger lower_body before insert on notes for each row execute function lower_body()`,
    );
    const pool = poolOf(url, { pool: 4 });
    let id = 100;
    const insert = { name: "insert", text: "insert into notes values ($1::integer, 'ada', 'Body')" };
    const inserts = () => Promise.all([1, 2, 3, 4].map(() => pool.query(insert, [String(++id)])));
    await inserts();
    await execute(url, "alter table notes alter body type varchar(20)");
    expect((await inserts()).map(({ count }) => count)).toEqual([1, 1, 1, 1]);
    await execute(url, "alter table notes alter body type text");
    const work = (inner: Queryable) => inner.query(insert, [String(++id)]);
    expect((await pool.transaction(work, undefined, { repeatable: true })).count).toBe(1);
  });

  it("keeps its prepared statements when a function raises what Postgres says of a name that is taken", async () => {
    const { url } = await notesDatabase();
    await execute(
      url,
      "create function taken() returns int language plpgsql as $$ begin raise exception using errcode = '42P05'; end $$",
    );
    const pool = poolOf(url, { pool: 1 });
    await expect(pool.query({ text: "select taken()" }, [])).rejects.toMatchObject({ code: "42P05" });
    await pool.query({ name: "kept", text: "select 1 as n", readOnly: true }, []);
    const prepared = { text: "select count(*)::integer as n from pg_prepared_statements", readOnly: true };
    expect((await pool.query(prepared, [])).rows).toEqual([{ n: 1 }]);
  });

  it("keeps no more of what a write gives back than it may, and says whether it was done", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { pool: 1 });
    const write = {
      text: "insert into notes select n, 'ada', 'b' from generate_series(100, 199) n returning repeat(body, 1000000) as v",
      maxBytes: 10_000,
    };
    const count = async () =>
      (await execute(url, "select count(*)::integer as n from notes where id >= 100")).rows[0]?.n;
    await expect(pool.transaction((inner) => inner.query(write, []))).rejects.toMatchObject({
      code: "answer_too_large",
      message: expect.stringMatching(/^The answer is larger than 10000 bytes/),
    });
    expect(await count()).toBe(0);
    const before = process.memoryUsage().rss;
    await expect(pool.query(write, [])).rejects.toMatchObject({
      code: "answer_too_large",
      message: expect.stringMatching(/^The call was made, but its answer is larger than 10000 bytes/),
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(70 * 1024 ** 2);
    expect(await count()).toBe(100);
  });

  it("passes no setting, role or lock on to the next call", async () => {
    const { url } = await notesDatabase();
    await execute(
      url,
      "create function leak() returns int language sql as $$ select set_config('app.tenant', 'ada', false); select 1 $$",
    );
    const pool = poolOf(url, { pool: 1 });
    const tenant = async () =>
      (await pool.query({ text: "select current_setting('app.tenant', true) as tenant", readOnly: true }, []))
        .rows[0]?.tenant;
    for (const text of [
      "select set_config('app.tenant', 'ada', false)",
      "select leak()",
      "set app.tenant = 'ada'",
    ]) {
      await pool.query({ text }, []);
      expect(await tenant()).toBeOneOf([null, ""]);
      await pool.transaction((inner) => inner.query({ text }, []));
      expect(await tenant()).toBeOneOf([null, ""]);
    }
    await pool.query({ text: "set role pg_monitor" }, []);
    await pool.query({ text: "select pg_advisory_lock(7)" }, []);
    const own = { text: "select current_user::text as name, '1 day'::interval as span", readOnly: true };
    expect((await pool.query(own, [])).rows).toEqual([{ name: "postgres", span: "P1D" }]);
    await expect
      .poll(async () => (await execute(url, "select pg_try_advisory_lock(7) as got")).rows)
      .toEqual([{ got: true }]);
  });

  const leftBehind: readonly (readonly [what: string, text: string, question: string])[] = [
    [
      "a temporary table that a function makes",
      "select keep()",
      "select to_regclass('kept') is null as clean",
    ],
    [
      "a temporary table of a statement without a call",
      "select * into temp kept from notes",
      "select to_regclass('kept') is null as clean",
    ],
    [
      "a temporary table that is explained",
      "explain (analyze) create temp table kept as select 1 as n",
      "select to_regclass('pg_temp.kept') is null as clean",
    ],
    [
      "a role",
      "select set_config('role', 'pg_monitor', false)",
      "select current_user = session_user as clean",
    ],
    [
      "a lock that a function takes",
      "select grab()",
      "select pg_locks is null as clean from (select) one left join pg_locks on locktype = 'advisory' and pid = pg_backend_pid()",
    ],
    ["the last number of a sequence", "select nextval('numbers')", "select lastval() is null as clean"],
  ];
  const prepared = [
    "a prepared statement",
    "select prepared()",
    "select count(*) = 0 as clean from pg_prepared_statements where from_sql",
    true,
  ] as const;
  it.each([
    ...leftBehind.flatMap((one) => [false, true].map((pooled) => [...one, pooled] as const)),
    prepared,
  ])("passes %s on to nobody (%s; %s; behind a pooler: %s)", async (_, text, question, pooled) => {
    const { url } = await notesDatabase();
    await execute(
      url,
      `create sequence numbers;
      create function keep() returns void language plpgsql as $$ begin create temp table kept (n int); end $$;
      create function grab() returns void language sql as $$ select pg_advisory_lock(7) $$;
      create function prepared() returns void language plpgsql as $$ begin execute 'prepare one as select 1'; end $$`,
    );
    const pooler = pooled ? await startPooler(url, { mode: "transaction", sessions: 1 }) : undefined;
    onTestFinished(() => pooler?.stop());
    const pool = poolOf(pooler?.url ?? url, { pool: 1 });
    const process = async () =>
      (await pool.query({ text: "select pg_backend_pid() as pid", readOnly: true }, [])).rows[0]?.pid;
    const before = await process();
    const asked = async () => {
      try {
        return (await pool.query({ text: question, readOnly: true }, [])).rows[0]?.clean;
      } catch (error) {
        return error instanceof pg.DatabaseError && error.code === "55000"; // lastval is not yet defined
      }
    };
    await pool.query({ text }, []);
    expect(await asked()).toBe(true);
    await pool.transaction((inner) => inner.query({ text }, []));
    expect([await asked(), await process()]).toEqual([true, before]);
  });

  it("beside the pool is replaced by one, and none is left open", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url);
    const pid = { text: "select pg_backend_pid() as pid" };
    const pids = new Set<unknown>();
    for (let turn = 0; turn < 10; turn += 1) {
      const asked = pool.reserved.query(pid, []);
      if (turn % 2 === 0) await asked;
      pool.renew?.();
      pids.add((await pool.reserved.query(pid, [])).rows[0]?.pid);
      await asked;
    }
    expect(pids.size).toBe(10);
    await expect.poll(async () => (await execute(url, sessionsOf)).rows.length).toBe(1);
  });

  it("takes the options of the URL", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(`${url}?options=-c%20work_mem%3D7MB`);
    expect((await pool.query({ text: "show work_mem" }, [])).rows).toEqual([{ work_mem: "7MB" }]);
  });
});

describe("a table that is changed", () => {
  it("fails no transaction that the Bridge composed, and gives a module a conflict", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { pool: 1 });
    const all = { name: "all", text: "select * from notes where id = 1" };
    const work = { name: "write", text: "update notes set body = 'new' where id = 1 returning *" };
    const both = async (inner: Parameters<Parameters<Database["transaction"]>[0]>[0]) => {
      await inner.query(work, []);
      return (await inner.query(all, [])).rows[0];
    };
    await pool.transaction(both);
    await execute(url, "alter table notes add column extra text default 'new'");
    expect(await pool.transaction(both, undefined, { repeatable: true })).toMatchObject({ extra: "new" });
    await pool.transaction(both);
    await execute(url, "alter table notes drop column extra; update notes set body = 'one'");
    let runs = 0;
    const counted = (inner: Parameters<typeof both>[0]) => {
      runs += 1;
      return both(inner);
    };
    await expect(pool.transaction(counted)).rejects.toMatchObject({ code: "conflict" });
    expect(runs).toBe(1);
    expect((await pool.query(read, ["1"])).rows).toEqual([{ body: "one" }]);
  });
});

describe("a fast read", () => {
  it("does not wait behind a slow one, whenever a session becomes free", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { pool: 2 });
    await Promise.all([1, 2].map(() => pool.query({ text: "select pg_sleep(0.1)" }, [])));
    const slow = [2, 0.3].map((seconds) =>
      pool.query({ text: `select pg_sleep(${seconds})`, readOnly: true }, []),
    );
    const started = performance.now();
    await Promise.all(Array.from({ length: 10 }, () => pool.query(read, ["1"])));
    expect(performance.now() - started).toBeLessThan(1_500);
    await Promise.all(slow);
  });

  it("waits for a session that is opened, not behind others", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { pool: 2 });
    await pool.query(read, ["1"]);
    const slow = pool.query({ text: "select pg_sleep(1)" }, []);
    const started = performance.now();
    await pool.query({ text: "select body from notes" }, []);
    expect(performance.now() - started).toBeLessThan(800);
    await slow;
  });

  it("that a stray cancel hits is sent again", async () => {
    const { url } = await notesDatabase();
    const way = await cutter(url);
    const pool = poolOf(way.url, { pool: 1 });
    await pool.query(read, ["1"]);
    const letGo = way.hold();
    const controller = new AbortController();
    const given = pool.query({ text: "select pg_sleep(0.3)", readOnly: true }, [], controller.signal);
    given.catch(() => undefined);
    controller.abort();
    await expect.poll(() => way.connections).toBe(2);
    const next = pool.query({ text: "select pg_sleep(0.5), 'done' as said", readOnly: true }, []);
    const running =
      "select 1 from pg_stat_activity where query like '%done%' and state = 'active' and pid <> pg_backend_pid()";
    await expect.poll(async () => (await execute(url, running)).rows.length).toBe(1);
    letGo();
    expect((await next).rows[0]?.said).toBe("done");
  });

  it("that takes a lock has its session for itself", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { pool: 2 });
    await Promise.all([1, 2].map(() => pool.query({ text: "select pg_sleep(0.1)" }, [])));
    const lock = await locked(url, "exclusive");
    const sharing = pool.query({ text: "select body from notes where id = 1 for share" }, []);
    const reads = Array.from({ length: 8 }, () =>
      pool.query({ text: "select body from notes where id = 2" }, []),
    );
    expect((await Promise.all(reads)).length).toBe(8);
    await lock.release();
    expect((await sharing).rows).toEqual([{ body: "one" }]);
  });
});

describe("a value that cannot be sent", () => {
  it("fails its statement at once, and no other", async () => {
    const { url } = await notesDatabase();
    const pool = poolOf(url, { pool: 1 });
    const circular: unknown[] = [];
    circular.push({ circular });
    const own = {
      toPostgres: () => {
        throw new TypeError("No such value.");
      },
    };
    const before = pool.query(read, ["1"]);
    const started = performance.now();
    await expect(pool.query(read, [own])).rejects.toThrow("No such value.");
    expect(performance.now() - started).toBeLessThan(1_000);
    expect((await before).rows).toEqual([{ body: "one" }]);
    expect((await pool.query(read, ["2"])).rows).toEqual([{ body: "two" }]);
  });
});

describe.each(["session", "transaction"] as const)("PgBouncer in %s mode", (mode) => {
  it.each([undefined, "options"])("answers right, with ignore_startup_parameters = %s", async (ignore) => {
    const { url } = await notesDatabase();
    const pooler = await startPooler(url, {
      mode,
      sessions: 4,
      inTurn: true,
      ...(ignore !== undefined && { ignore }),
    });
    onTestFinished(() => pooler.stop());
    const pool = poolOf(pooler.url);
    const text =
      "select '2 days'::interval as span, '2026-11-21 03:00+01'::timestamptz as at, current_setting('statement_timeout') as most";
    const right = { span: "P2D", at: "2026-11-21T02:00:00Z", most: "5s" };
    const spans = Array.from({ length: 40 }, () => pool.query({ name: "span", text, readOnly: true }, []));
    for (const { rows } of await Promise.all(spans)) expect(rows).toEqual([right]);
    const write = { name: "write", text: "update notes set body = $1::text where id = 1 returning body" };
    for (let n = 0; n < 10; n += 1) {
      expect((await pool.query(write, [`${n}`])).rows).toEqual([{ body: `${n}` }]);
      expect(await pool.transaction(async (inner) => (await inner.query({ text }, [])).rows)).toEqual([
        right,
      ]);
    }
    expect((await pool.reserved.query({ text }, [])).rows).toEqual([right]);
    expect(pool.lines.map(({ msg }) => msg)).toEqual([expect.stringContaining("behind a pooler")]);
  });
});

it("PgBouncer that keeps the options of a URL nowhere is said in words", async () => {
  const { url } = await notesDatabase();
  const pooler = await startPooler(url, { mode: "transaction" });
  onTestFinished(() => pooler.stop());
  const pool = poolOf(`${pooler.url}?options=-c%20search_path%3Dshop`);
  await expect(pool.query(read, ["1"])).rejects.toMatchObject({ code: "unavailable" });
  expect(pool.lines[0]?.msg).toContain("alter role");
});

it("says once in an outage why it is refused, and that it is over", async () => {
  const { url } = await notesDatabase();
  const way = await detour(url);
  await way.close();
  const pool = poolOf(way.url);
  const call = () => pool.query(read, ["1"]).then(String, String);
  const until = performance.now() + 1_500;
  while (performance.now() < until) await call();
  await way.open();
  await expect.poll(async () => (await call()) && pool.lines.length, { timeout: 5_000 }).toBe(2);
  expect(pool.lines.map(({ reason, msg }) => reason ?? msg)).toEqual([
    "ECONNREFUSED",
    "The database is back.",
  ]);
});

it.each([
  ["nothing listens", "ECONNREFUSED", /Nothing listens/, { port: "1" }],
  ["the password is wrong", "28P01", /password/, { password: "wrong" }],
  ["the database is not there", "3D000", /no database/, { pathname: "/nowhere" }],
  ["the host is not known", "ENOTFOUND", /host name/, { hostname: "nowhere.invalid" }],
  ["the server speaks no TLS", "no_tls", /TLS/, { search: "?sslmode=require" }],
  ["sslrootcert is a directory", "EISDIR", /directory/, { search: "?sslrootcert=/etc" }],
  [
    "sslrootcert holds no certificate",
    "no_certificate",
    /sslrootcert .* no certificate/,
    { search: "?sslmode=verify-full&sslrootcert=package.json" },
  ],
  ["sslrootcert is not there", "ENOENT", /sslrootcert/, { search: "?sslrootcert=/no/file" }],
] as const)("says in the log that %s", async (_, reason, said, change) => {
  const { url } = await notesDatabase();
  const target = Object.assign(new URL(url), change);
  const pool = poolOf(target.href);
  await expect(pool.query(read, ["1"])).rejects.toMatchObject({ code: "unavailable" });
  expect(pool.lines[0]).toMatchObject({
    reason: reason === "ENOTFOUND" ? expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) : reason,
    msg: expect.stringMatching(said),
  });
});

it.each([
  ["postgres://ada:s%40c@a:1,[::1]:2,c/shop?sslmode=disable", ["a:1", "[::1]:2", "c:5432"]],
  ["postgresql:///shop?host=/run/postgresql&port=6432", ["/run/postgresql/.s.PGSQL.6432"]],
  ["postgres://ada@%2Frun/shop", ["/run/.s.PGSQL.5432"]],
  ["postgres://ada@/shop?host=a,b&port=1,2", ["a:1", "b:2"]],
  ["postgres://ada:p@ss@host/shop", ["host:5432"]],
])("reads %s", (url, servers) => {
  expect(readUrl(url).servers.map(({ server }) => server)).toEqual(servers);
});

it.each([
  ["mysql://ada:secret@a/b", "`mysql://`"],
  ["nonsense", "begin with `postgres://`"],
  ["host=a password=secret", "key=value"],
  ["postgres://a:secret/b", "port"],
  ["postgres://a:99999/b", "port"],
  ["postgres://a/b?port=0", "port"],
  ["postgres://ada:secret#1@a/b", "percent-encoded"],
  ["postgres://ada:12/secret@a/b", "percent-encoded"],
  ["postgres://ada:secret?1@a/b", "percent-encoded"],
  ["postgres://ada@a b/shop", "host"],
  ["postgres://ada@[::1/shop", "host"],
  ["postgres://a/b?target_session_attrs=secret", "`target_session_attrs` is none of `any`"],
  ["postgres://a/b?sslmode=secret", "`sslmode` is none of `disable`"],
])("says which part of %s is wrong, and shows none that may be secret", (url, part) => {
  const settings = { url, pool: 1, statementTimeoutMs: 1, connectTimeoutMs: 1 };
  const said = () => sessionConfig("main", settings);
  expect(said).toThrow("connection `main`");
  expect(said).toThrow(part);
  expect(said).not.toThrow("secret");
});

it("tells a role that may not log in from a rule of pg_hba.conf", async () => {
  const { url } = await notesDatabase();
  const name = `nobody_${Math.random().toString(36).slice(2)}`;
  await execute(url, `create role ${name} nologin password 'x'`);
  onTestFinished(() => execute(url, `drop role ${name}`).then(() => undefined));
  const pool = poolOf(Object.assign(new URL(url), { username: name, password: "x" }).href);
  await expect(pool.query(read, ["1"])).rejects.toMatchObject({ code: "unavailable" });
  expect(pool.lines[0]).toMatchObject({ reason: "28000", msg: expect.stringContaining("no such role") });
});

it("tells a role's own limit of connections from the server's", async () => {
  const { url } = await notesDatabase();
  const name = `limited_${Math.random().toString(36).slice(2)}`;
  await execute(url, `create role ${name} login password 'x' connection limit 0`);
  onTestFinished(() => execute(url, `drop role ${name}`).then(() => undefined));
  const pool = poolOf(Object.assign(new URL(url), { username: name, password: "x" }).href);
  await expect(pool.query(read, ["1"])).rejects.toMatchObject({ code: "unavailable" });
  expect(pool.lines[0]).toMatchObject({ reason: "53300", msg: expect.stringContaining("alter role") });
});

it.each([
  ["40001", "conflict"],
  ["40002", "conflict"],
  ["40P01", "conflict"],
  ["40003", "outcome_unknown"],
  ["22012", "internal"],
  ["53100", "unavailable"],
  ["25006", "unavailable"],
])("Postgres' %s is answered as %s, in words of its own", async (sqlstate, code) => {
  const { url } = await notesDatabase();
  const raised: unknown = await execute(
    url,
    `do $$ begin raise exception using errcode = '${sqlstate}'; end $$`,
  ).catch((error: unknown) => error);
  const answer = answerTo(raised, () => undefined);
  expect(answer).toMatchObject({ code });
  expect(String(answer)).not.toContain("cannot be reached");
});

it("Postgres' 22012 is the caller's where no function raised it", async () => {
  const { url } = await notesDatabase();
  const divided: unknown = await execute(url, "select 1 / 0").catch((error: unknown) => error);
  expect(answerTo(divided, () => undefined)).toMatchObject({
    code: "invalid_params",
    message: "The call divides by zero.",
  });
});
