import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { applyPlan } from "../../src/database/apply/apply.ts";
import { fillInBatches } from "../../src/database/apply/fill-in-batches.ts";
import type { Database } from "../../src/database/database.ts";
import { type Planned, planSchema } from "../../src/database/plan/plan.ts";
import type { Shadow } from "../../src/database/shadow/shadow.ts";
import { declaredFrom } from "../acceptance/schema/declared.ts";
import { isLongRun } from "../services/long-run.ts";
import { describeWith } from "../services/needs.ts";
import { freshDatabase } from "../services/postgres.ts";
import type { PostgresVersion } from "../services/postgres-server.ts";
import { liveDatabase } from "./live-database.ts";
import { sharedShadow } from "./shared-shadow.ts";

let shadow: Shadow;
beforeAll(async () => {
  shadow = await sharedShadow();
});

const by = { version: "0.0.0" };
const schema = (columns: string, rest = ""): string =>
  `tables: { t: { columns: { id: { type: int, primaryKey: true }, ${columns} }${rest} } }`;
const before = schema("a: { type: int }, b: { type: text }");
const fill = (rows: number): string =>
  `insert into t select g, g % 7, 'x' || g from generate_series(1, ${rows}) g; analyze t`;

/** What can be changed online, as declared afterwards, and what of the rows is to be missing before. */
const changes = {
  "null refused": { after: schema("a: { type: int, nullable: false }, b: { type: text }") },
  "null filled, then refused": {
    after: schema("a: { type: int, nullable: false, backfill: id % 5 }, b: { type: text }"),
    seed: "update t set a = null where id % 3 = 0",
  },
  "a check": { after: schema("a: { type: int, check: a < 100 }, b: { type: text }") },
  "a foreign key": {
    after: schema("a: { type: int, references: t.id }, b: { type: text }"),
    seed: "update t set a = 1",
  },
  "a unique constraint": { after: schema("a: { type: int }, b: { type: text, unique: true }") },
  "an index": { after: schema("a: { type: int }, b: { type: text }", ", indexes: [{ columns: [a] }]") },
  "a default of its own for each row": {
    after: schema(
      "a: { type: int }, b: { type: text }, c: { type: uuid, nullable: false, default: gen_random_uuid() }",
    ),
  },
  "another primary key": {
    after:
      "tables: { t: { columns: { id: { type: int, nullable: false }, a: { type: int }, b: { type: text } }, primaryKey: { columns: [id], include: [a] } } }",
  },
} as const satisfies Record<string, { after: string; seed?: string }>;
const names = Object.keys(changes).filter((name): name is keyof typeof changes => name in changes);

const planFor = async (database: Database, yaml: string, online = true): Promise<Planned> =>
  planSchema(database, { connection: "main", declared: declaredFrom(yaml), shadow, online });

async function prepared(version: PostgresVersion, rows: number, seed?: string) {
  const live = await liveDatabase(() => freshDatabase({ version }));
  const database = await live.connect();
  await applyPlan(database, await planFor(database, before), { by });
  await database.script(fill(rows));
  if (seed !== undefined) await database.script(seed);
  return { ...live, database };
}

const seedOf = (name: keyof typeof changes): string | undefined => {
  const change = changes[name];
  return "seed" in change ? change.seed : undefined;
};

const weak = ["AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock"];

/** The steps that read the whole table while they hold a lock on it under which others cannot write. */
async function longUnderStrongLocks(database: Database, { plan }: Planned): Promise<string[]> {
  const found: string[] = [];
  for (const group of Map.groupBy(plan.steps, ({ transaction }) => transaction).values()) {
    const isAlone = group.some(({ alone }) => alone);
    if (!isAlone) await database.script("begin");
    for (const { sql, description } of group) {
      const read = await rowsRead(database);
      await database.query(sql);
      if (isAlone) continue;
      const strong = await database.query(
        "select from pg_locks where pid = pg_backend_pid() and relation = to_regclass('t') and mode <> all ($1)",
        [weak],
      );
      if (strong.length > 0 && (await rowsRead(database)) - read > 1_000) found.push(description);
    }
    if (!isAlone) await database.script("commit");
  }
  return found;
}

async function rowsRead(database: Database): Promise<number> {
  const [row] = await database.query<{ read: number }>(
    "select seq_tup_read::int4 as read from pg_stat_xact_user_tables where relid = to_regclass('t')",
  );
  return row?.read ?? 0;
}

function suite(version: PostgresVersion): void {
  it.each(names)("reads no table under a lock that others wait for: %s", async (name) => {
    const { database } = await prepared(version, 20_000, seedOf(name));
    const online = await planFor(database, changes[name].after);
    expect(online.plan.blocked).toEqual([]);
    expect(online.plan.steps.every(({ safe }) => safe !== undefined)).toBe(true);
    expect(await longUnderStrongLocks(database, online)).toEqual([]);
    expect((await planFor(database, changes[name].after)).plan.steps).toEqual([]);
  });

  it("would see a table that is read under such a lock", async () => {
    const { database } = await prepared(version, 20_000);
    const plain = await planFor(database, changes["null refused"].after, false);
    expect(await longUnderStrongLocks(database, plain)).toEqual(["Refuse null in t.a"]);
  });

  it.each(names)("is taken up after cuts, each a transaction later than the one before: %s", async (name) => {
    const { database } = await prepared(version, 500, seedOf(name));
    for (let cuts = 0; ; cuts += 1) {
      const planned = await planFor(database, changes[name].after);
      expect(planned.plan.blocked).toEqual([]);
      if (planned.plan.steps.length === 0) break;
      expect(cuts).toBeLessThan(20);
      const transactions = new Set<number>();
      const applying = applyPlan(database, planned, {
        by,
        onStep({ transaction }) {
          transactions.add(transaction);
          if (transactions.size > cuts + 1) throw new Error("cut off");
        },
      });
      if (planned.plan.steps.some(({ transaction }) => transaction > cuts + 1))
        await expect(applying).rejects.toThrow("cut off");
      else await applying;
    }
    const left = await database.query(
      "select conname from pg_constraint where conname like 'stk%' union all select relname from pg_class where relname like 'stk%'",
    );
    expect(left).toEqual([]);
  });

  it("goes on with what others write meanwhile, and fills that too", async () => {
    const { database, connect } = await prepared(version, 50_000, "update t set a = null");
    const others = await connect();
    let writes = 0;
    let isDone = false;
    const writing = (async () => {
      while (!isDone) {
        writes += 1;
        // What is refused once the check is there is what the application must have stopped to write by then.
        await others
          .query("insert into t values ($1, null, 'new')", [1_000_000 + writes])
          .catch(() => undefined);
        await others.query("update t set b = b || '!' where id = $1", [writes % 50_000]);
      }
    })();
    await applyPlan(database, await planFor(database, changes["null filled, then refused"].after), { by });
    isDone = true;
    await writing;
    expect(writes).toBeGreaterThan(10);
    expect(await database.query("select from t where a is null")).toEqual([]);
    expect(await database.query("select from t where id % 5 <> a")).toEqual([]);
    expect((await planFor(database, changes["null filled, then refused"].after)).plan.steps).toEqual([]);
  });

  it("drops what a build that was killed has left, and builds it again", async () => {
    const { database, connect } = await prepared(version, 1_000);
    const doomed = await connect(undefined, "doomed");
    const planned = await planFor(doomed, changes["an index"].after);
    const holder = await connect();
    await holder.script("begin; update t set b = b where id = 1");
    const applying = expect(applyPlan(doomed, planned, { by })).rejects.toMatchObject({
      code: "database_lost",
    });
    await untilWaiting(database, "doomed");
    await database.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'doomed'",
    );
    await applying;
    await holder.script("rollback");
    const again = await planFor(database, changes["an index"].after);
    expect(again.plan.steps.map(({ description }) => description)).toEqual([
      "Drop the index t_a_idx of t, whose building was cut off",
      "Build the index t_a_idx on t",
    ]);
    await applyPlan(database, again, { by });
    expect((await planFor(database, changes["an index"].after)).plan.steps).toEqual([]);
  });

  it("drops the index of which a duplicate was found, and says which", async () => {
    const { database } = await prepared(version, 1_000);
    const planned = await planFor(database, changes["a unique constraint"].after);
    await database.script("insert into t values (2000, 1, 'x7')");
    await expect(applyPlan(database, planned, { by })).rejects.toMatchObject({
      code: "statement_failed",
      details: { sqlstate: "23505", detail: "Key (b)=(x7) is duplicated." },
    });
    expect(await database.query("select from pg_index where not indisvalid")).toEqual([]);
  });

  it("waits for as long as it takes to build an index, whatever the database's limits are", async () => {
    const { database, connect, url } = await prepared(version, 1_000);
    await database.script(
      `alter database ${new URL(url).pathname.slice(1)} set lock_timeout = 20; alter database ${new URL(url).pathname.slice(1)} set statement_timeout = 2000`,
    );
    const limited = await connect(undefined, "limited");
    const planned = await planFor(limited, changes["an index"].after);
    const holder = await connect();
    await holder.script("begin; update t set b = b where id = 1");
    const applying = applyPlan(limited, planned, { by });
    await untilWaiting(database, "limited");
    await sleep(2_500);
    await holder.script("rollback");
    await applying;
    expect((await planFor(database, changes["an index"].after)).plan.steps).toEqual([]);
  });

  it("stops at a row to which the backfill gives null, and keeps what is filled", async () => {
    const { database } = await prepared(version, 10_000, "update t set a = null");
    const after = schema("a: { type: int, nullable: false, backfill: length(b) }, b: { type: text }");
    const planned = await planFor(database, after);
    await database.script("insert into t values (20000, null, null)");
    await expect(applyPlan(database, planned, { by })).rejects.toMatchObject({ code: "backfill_null" });
    const [row] = await database.query<{ filled: number }>("select count(a)::int4 as filled from t");
    expect(row?.filled).toBeGreaterThan(0);
    expect((await planFor(database, after)).plan.blocked).toMatchObject([
      { code: "backfill_null", object: "t.a" },
    ]);
    await database.script("update t set b = 'y' where b is null");
    await applyPlan(database, await planFor(database, after), { by });
    expect((await planFor(database, after)).plan.steps).toEqual([]);
  });
}

async function untilWaiting(database: Database, application: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const rows = await database.query(
      "select from pg_stat_activity where application_name = $1 and wait_event_type = 'Lock'",
      [application],
    );
    if (rows.length > 0) return;
    await sleep(50);
  }
  throw new Error(`${application} never waited for a lock.`);
}

it("does not go on forever where a trigger keeps rows from being filled", async () => {
  const { database } = await prepared(18, 100, "update t set a = null");
  const planned = await planFor(database, changes["null filled, then refused"].after);
  const [step] = planned.plan.steps.filter(({ batch }) => batch !== undefined && batch.once !== true);
  if (step?.batch === undefined) throw new Error("Nothing is filled.");
  await database.script(`create function skip() returns trigger language plpgsql as 'begin return null; end';
    create trigger skip before update on t for each row execute function skip()`);
  const filling = fillInBatches(database, step, step.batch, (work) => work(), {});
  await expect(filling).rejects.toMatchObject({ code: "rows_not_filled" });
});

describe("on Postgres 18", () => suite(18));
if (isLongRun) await describeWith(["postgres15"], "on Postgres 15", () => suite(15));
await describeWith(["postgres13"], "on Postgres 13, which cannot look for ranges of rows", () => {
  it("fills every row, and is taken up after a cut", async () => {
    const { database } = await prepared(13, 20_000, "update t set a = null");
    await applyPlan(database, await planFor(database, changes["null filled, then refused"].after), { by });
    expect(await database.query("select from t where a is null or a <> id % 5")).toEqual([]);
  });
});
