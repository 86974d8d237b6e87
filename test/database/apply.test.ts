import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import { withAdvisoryLock } from "../../src/database/apply/advisory-lock.ts";
import { applyPlan } from "../../src/database/apply/apply.ts";
import { readModel } from "../../src/database/catalog/read-model.ts";
import type { Database } from "../../src/database/database.ts";
import { fingerprint } from "../../src/database/model/fingerprint.ts";
import { type Planned, planSchema } from "../../src/database/plan/plan.ts";
import type { Shadow } from "../../src/database/shadow/shadow.ts";
import { inSnapshot } from "../../src/database/transaction.ts";
import { declaredFrom } from "../acceptance/schema/declared.ts";
import { freshDatabase } from "../services/postgres.ts";
import { liveDatabase } from "./live-database.ts";
import { sharedShadow } from "./shared-shadow.ts";

let shadow: Shadow;
beforeAll(async () => {
  shadow = await sharedShadow();
});

const before = "tables: { t: { columns: { id: { type: int }, c: { type: text } } } }";
const after = `tables: { t: { columns: { id: { type: int, unique: true }, c: { type: text }, d: { type: int } } },
  u: { columns: { id: { type: int, primaryKey: true } } } }`;
const by = { version: "0.0.0" };

const planFor = async (database: Database, yaml: string): Promise<Planned> =>
  planSchema(database, { connection: "main", declared: declaredFrom(yaml), shadow });

const stateOf = (database: Database): Promise<string> =>
  inSnapshot(database, async () => fingerprint(await readModel(database)));

const prepared = async () => {
  const live = await liveDatabase(freshDatabase);
  const database = await live.connect();
  await applyPlan(database, await planFor(database, before), { by });
  await database.script("insert into t values (1, 'a'), (2, 'b')");
  return { ...live, database, untouched: await stateOf(database) };
};

it("records what was applied", async () => {
  const { database } = await prepared();
  const planned = await planFor(database, after);
  await applyPlan(database, planned, { by: { version: "1.2.3", revision: "abc" } });
  const rows = await database.query(
    `select connection, from_fingerprint, to_fingerprint, stk_version, revision, outcome,
       (select json_agg(sql order by number) from _stk.steps where apply_id = id) as statements
     from _stk.applies order by id`,
  );
  expect(rows).toHaveLength(2);
  expect(rows[1]).toEqual({
    connection: "main",
    from_fingerprint: planned.plan.live,
    to_fingerprint: planned.plan.desired,
    stk_version: "1.2.3",
    revision: "abc",
    outcome: "done",
    statements: planned.plan.steps.map(({ sql }) => sql),
  });
});

it("refuses a plan when the schema has changed since", async () => {
  const { database } = await prepared();
  const planned = await planFor(database, after);
  await database.script("alter table t add column sneaked int");
  const changed = await stateOf(database);
  await expect(applyPlan(database, planned, { by })).rejects.toMatchObject({ code: "plan_stale" });
  expect(await stateOf(database)).toBe(changed);
});

it("lets one of two applies through, and tells the other that its plan is stale", async () => {
  const { database, connect } = await prepared();
  const other = await connect();
  const plans = [await planFor(database, after), await planFor(other, after)] as const;
  const results = await Promise.allSettled([
    applyPlan(database, plans[0], { by }),
    applyPlan(other, plans[1], { by }),
  ]);
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(results.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { code: "plan_stale" },
  });
  expect((await planFor(database, after)).plan.steps).toEqual([]);
});

it("says who holds the lock of apply", async () => {
  const { database, connect, untouched } = await prepared();
  const holder = await connect(undefined, "the other apply");
  const planned = await planFor(database, after);
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const holding = withAdvisoryLock(holder, { waitMs: 1_000 }, () => held);
  await sleep(100);
  const [session] = await holder.query<{ pid: number }>("select pg_backend_pid() as pid");
  await expect(applyPlan(database, planned, { by, waitMs: 300 })).rejects.toMatchObject({
    code: "apply_running",
    message: expect.stringContaining("the other apply"),
    details: { pid: session?.pid },
  });
  expect(await stateOf(database)).toBe(untouched);
  release();
  await holding;
  await applyPlan(database, planned, { by });
});

it("gives up on a table that is locked, and keeps nobody waiting longer than the lock timeout", async () => {
  const { database, connect, untouched } = await prepared();
  const planned = await planFor(database, after);
  const holder = await connect();
  await holder.script("begin; select * from t");
  const reader = await connect();
  const waits: number[] = [];
  let done = false;
  const reading = (async () => {
    while (!done) {
      const start = performance.now();
      await reader.query("select count(*) from t");
      waits.push(performance.now() - start);
      await sleep(5);
    }
  })();
  const retries: number[] = [];
  const applying = applyPlan(database, planned, {
    by,
    lockTimeoutMs: 150,
    attempts: 3,
    onRetry: (attempt) => retries.push(attempt),
  });
  await expect(applying).rejects.toMatchObject({
    code: "lock_timeout",
    hint: expect.stringMatching(/pg_terminate_backend: \d+ \(test, idle in transaction, for \d s\)/),
  });
  done = true;
  await reading;
  expect(retries).toEqual([1, 2]);
  expect(Math.max(...waits)).toBeGreaterThan(50);
  expect(Math.max(...waits)).toBeLessThan(1_000);
  await holder.script("rollback");
  expect(await stateOf(database)).toBe(untouched);
});

it("gets through when a lock is freed between two tries", async () => {
  const { database, connect } = await prepared();
  const planned = await planFor(database, after);
  const holder = await connect();
  await holder.script("begin; lock table t in access share mode");
  await applyPlan(database, planned, {
    by,
    lockTimeoutMs: 100,
    onRetry: (attempt) => {
      if (attempt === 1) void holder.script("rollback");
    },
  });
  expect((await planFor(database, after)).plan.steps).toEqual([]);
});

it("shows the statement that failed, keeps what was committed before it, and goes on from there", async () => {
  const { database } = await prepared();
  const planned = await planFor(database, after);
  await database.script("insert into t values (1, 'again')");
  const failing = planned.plan.steps.findIndex(({ sql }) =>
    sql.startsWith("create unique index concurrently"),
  );
  await expect(applyPlan(database, planned, { by })).rejects.toMatchObject({
    code: "statement_failed",
    message: expect.stringMatching(/^Step \d of \d .*t_id_key.*23505/s),
    hint: expect.stringContaining("the next apply goes on from there"),
    details: { sqlstate: "23505", step: failing + 1 },
  });
  expect(await database.query("select from pg_index where not indisvalid")).toEqual([]);
  expect(await database.query("select outcome from _stk.applies order by id")).toEqual([
    { outcome: "done" },
    { outcome: null },
  ]);
  await database.script("delete from t where c = 'again'");
  const rest = await planFor(database, after);
  expect(rest.plan.steps.length).toBeLessThan(planned.plan.steps.length);
  await applyPlan(database, rest, { by });
  expect((await planFor(database, after)).plan.steps).toEqual([]);
  expect(await database.query("select outcome from _stk.applies order by id")).toEqual([
    { outcome: "done" },
    { outcome: "interrupted" },
    { outcome: "done" },
  ]);
});

it("says which right is missing for its record, and works where the schema was made for it", async () => {
  const { database, connect, url } = await prepared();
  const name = new URL(url).pathname.slice(1);
  await database.script(`drop schema _stk cascade; create role ${name} login password 'x';
    alter table t owner to ${name}; grant all on schema public to ${name}`);
  onTestFinished(async () => {
    await database.script(`drop owned by ${name}; drop role ${name}`);
  });
  const limited = await connect();
  await limited.script(`set role ${name}`);
  const planned = await planFor(limited, after);
  const state = await stateOf(database);
  await expect(applyPlan(limited, planned, { by })).rejects.toMatchObject({ code: "missing_right" });
  expect(await stateOf(database)).toBe(state);
  await database.script(`create schema _stk authorization ${name}`);
  await applyPlan(limited, planned, { by });
});

it.each([
  ["cannot hold it", "varchar(3)", []],
  ["is generated, and so made anew", "text, generated: \"repeat('x', id)\"", ["update t set c = null"]],
])("does not lose a value that came after the plan was made, where its column %s", async (_, type, seed) => {
  const { database, untouched } = await prepared();
  for (const sql of seed) await database.script(sql);
  const planned = await planFor(database, before.replace("text", type));
  expect(planned.plan.blocked).toEqual([]);
  expect(planned.plan.steps.length).toBeGreaterThan(0);
  await database.script("insert into t values (3, 'far too long')");
  await expect(applyPlan(database, planned, { by })).rejects.toMatchObject({ code: "rows_changed" });
  expect(await stateOf(database)).toBe(untouched);
});

it("cancels the running statement when it is told to stop, and rolls back", async () => {
  const { connect, database, untouched } = await prepared();
  const stop = new AbortController();
  const session = await connect(stop.signal);
  const planned = await planFor(session, after);
  const holder = await connect();
  await holder.script("begin; lock table t");
  setTimeout(() => stop.abort(), 200);
  const start = performance.now();
  const applying = applyPlan(session, planned, { by, lockTimeoutMs: 30_000, signal: stop.signal });
  await expect(applying).rejects.toMatchObject({ code: "interrupted" });
  expect(performance.now() - start).toBeLessThan(5_000);
  await holder.script("rollback");
  expect(await stateOf(database)).toBe(untouched);
  await applyPlan(database, planned, { by });
});

it("leaves nothing behind when its connection is lost", async () => {
  const { connect, database, untouched } = await prepared();
  const session = await connect(undefined, "doomed");
  const planned = await planFor(session, after);
  const holder = await connect();
  await holder.script("begin; lock table t");
  const applying = expect(applyPlan(session, planned, { by, lockTimeoutMs: 30_000 })).rejects.toMatchObject({
    code: "database_lost",
  });
  await untilWaiting(database, "doomed");
  await database.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'doomed'",
  );
  await applying;
  await holder.script("rollback");
  expect(await stateOf(database)).toBe(untouched);
  await applyPlan(database, planned, { by });
});

it("leaves nothing behind when its process is killed", async () => {
  const { connect, database, url, untouched } = await prepared();
  const holder = await connect();
  await holder.script("begin; lock table t");
  const script = fileURLToPath(new URL("./fixtures/apply.ts", import.meta.url));
  const child = execa(process.execPath, [script, url, after], { reject: false });
  await untilWaiting(database, "doomed");
  child.kill("SIGKILL");
  expect(await child).toMatchObject({ signal: "SIGKILL" });
  await holder.script("rollback");
  // The server notices that the client is gone when it next writes to it.
  for (let tries = 0; tries < 100 && (await isWaiting(database, "doomed")); tries += 1) await sleep(50);
  expect(await stateOf(database)).toBe(untouched);
  await applyPlan(database, await planFor(database, after), { by, waitMs: 10_000 });
  expect((await planFor(database, after)).plan.steps).toEqual([]);
});

async function isWaiting(database: Database, application: string): Promise<boolean> {
  const [row] = await database.query<{ waiting: boolean }>(
    "select exists (select from pg_stat_activity where application_name = $1 and wait_event_type = 'Lock') as waiting",
    [application],
  );
  return row?.waiting ?? false;
}

async function untilWaiting(database: Database, application: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await isWaiting(database, application)) return;
    await sleep(50);
  }
  throw new Error(`${application} never waited for a lock.`);
}
