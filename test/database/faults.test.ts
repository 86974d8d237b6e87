import { chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import { StkError } from "../../src/core/error.ts";
import { lockHolder } from "../../src/database/apply/advisory-lock.ts";
import { applyPlan } from "../../src/database/apply/apply.ts";
import type { BuildProgress } from "../../src/database/apply/progress.ts";
import type { Database } from "../../src/database/database.ts";
import { type Planned, planSchema } from "../../src/database/plan/plan.ts";
import type { Shadow } from "../../src/database/shadow/shadow.ts";
import { declaredFrom } from "../acceptance/schema/declared.ts";
import { freshDatabase } from "../services/postgres.ts";
import { unprivilegedUser } from "../services/postgres-server.ts";
import { applyInProcess, untilGone, untilStuck } from "./doomed.ts";
import { liveDatabase } from "./live-database.ts";
import { sharedShadow } from "./shared-shadow.ts";

let shadow: Shadow;
beforeAll(async () => {
  shadow = await sharedShadow();
});

const by = { version: "0.0.0" };
const before = "tables: { t: { columns: { id: { type: int }, a: { type: text } } } }";
const indexed = before.replace("{ type: text } }", "{ type: text } }, indexes: [{ columns: [a] }]");
const filled = before.replace("{ type: text }", "{ type: text, nullable: false, backfill: \"'a' || id\" }");

const planFor = (database: Database, yaml: string): Promise<Planned> =>
  planSchema(database, { connection: "main", declared: declaredFrom(yaml), shadow });

async function prepared(rows = 5_000) {
  const { connect, url } = await liveDatabase(freshDatabase);
  const database = await connect();
  await applyPlan(database, await planFor(database, before), { by });
  await database.script(`insert into t select n, case when n % 2 = 0 then 'a' || n end
    from generate_series(1, ${rows}) n; analyze t`);
  return { connect, url, database };
}

/** What the next plan makes of what was left, and that no row was lost by it. */
async function arrives(database: Database, yaml: string, rows = 5_000): Promise<void> {
  await applyPlan(database, await planFor(database, yaml), { by });
  const after = await planFor(database, yaml);
  expect([after.plan.steps, after.plan.blocked, after.plan.notices]).toEqual([[], [], []]);
  expect(await database.query("select count(*)::int4 as rows, sum(id)::int4 as sum from t")).toEqual([
    { rows, sum: (rows * (rows + 1)) / 2 },
  ]);
  expect(await database.query("select from t where a <> 'a' || id")).toEqual([]);
  expect(await database.query("select from pg_index where not indisvalid")).toEqual([]);
}

/** A transaction that a concurrent build waits for, or that holds a row. */
async function holding(connect: () => Promise<Database>, sql: string): Promise<Database> {
  const holder = await connect();
  await holder.script(`begin; ${sql}`);
  return holder;
}
const seesRows = "lock table t in row exclusive mode";
const holdsRow = "select from t where id = 4001 for update";

it("takes up an index build that was killed", async () => {
  const { connect, url, database } = await prepared();
  const holder = await holding(connect, seesRows);
  const { child, ended } = applyInProcess({ url, planned: await planFor(database, indexed) });
  await untilStuck(database);
  child.kill("SIGKILL");
  await ended;
  await untilGone(database);
  expect(await database.query("select from pg_index where not indisvalid")).toHaveLength(1);
  await holder.script("rollback");
  await arrives(database, indexed);
});

it("frees the lock of an apply that was killed while a statement of it waited for another", async () => {
  const { connect, url, database } = await prepared();
  const holder = await holding(connect, seesRows);
  const { child, ended } = applyInProcess({
    url,
    planned: await planFor(database, before.replace("id: { type: int }", "id: { type: bigint }")),
  });
  await untilStuck(database);
  expect(await lockHolder(database)).toMatchObject({ application: "doomed" });
  child.kill("SIGKILL");
  await ended;
  await untilGone(database);
  expect(await lockHolder(database)).toBeUndefined();
  expect(await holder.query("select 1 as here")).toEqual([{ here: 1 }]);
});

it("takes up a backfill that was killed, and fills no row twice", async () => {
  const { connect, url, database } = await prepared(50_000);
  const holder = await holding(connect, "select from t where id = 45001 for update");
  const { child, ended } = applyInProcess({ url, planned: await planFor(database, filled) });
  await untilStuck(database);
  child.kill("SIGKILL");
  await ended;
  await holder.script("rollback");
  await untilGone(database);
  const [{ done } = { done: 0 }] = await database.query<{ done: number }>(
    "select count(*)::int4 as done from t where id % 2 = 1 and a is not null",
  );
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(25_000);
  const rest = await planFor(database, filled);
  let counted = 0;
  await applyPlan(database, rest, {
    by,
    onRows: (_, rows) => {
      counted = rows;
    },
  });
  expect(counted).toBe(25_000 - done);
  await arrives(database, filled, 50_000);
});

it("says that the connection was lost during an index build, and clears away what that left", async () => {
  const { connect, database } = await prepared();
  const doomed = await connect(undefined, "doomed");
  const planned = await planFor(doomed, indexed);
  const holder = await holding(connect, seesRows);
  const applying = expect(applyPlan(doomed, planned, { by })).rejects.toMatchObject({
    code: "database_lost",
  });
  await untilStuck(database);
  await database.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'doomed'",
  );
  await applying;
  await holder.script("rollback");
  expect(await database.query("select from pg_index where not indisvalid")).toHaveLength(1);
  await arrives(database, indexed);
});

it.each([
  ["an index build", indexed, seesRows],
  ["a backfill", filled, holdsRow],
])("cancels %s when it is told to stop, and goes on from there", async (_, yaml, hold) => {
  const { connect, database } = await prepared();
  const stop = new AbortController();
  const doomed = await connect(stop.signal, "doomed");
  const planned = await planFor(doomed, yaml);
  const holder = await holding(connect, hold);
  const applying = expect(
    applyPlan(doomed, planned, { by, lockTimeoutMs: 60_000, signal: stop.signal }),
  ).rejects.toMatchObject({ code: "interrupted" });
  await untilStuck(database);
  stop.abort();
  await applying;
  await doomed.close();
  await untilGone(database);
  await holder.script("rollback");
  await arrives(database, yaml);
});

it("tells how far an index build is, and is not disturbed where nobody can ask", async () => {
  const { connect, database } = await prepared();
  const planned = await planFor(database, indexed);
  const told: BuildProgress[] = [];
  const holder = await holding(connect, seesRows);
  await applyPlan(database, planned, {
    by,
    onProgress: (_, progress) => {
      told.push(progress);
      void holder.script("rollback");
    },
  });
  expect(told[0]?.phase).toMatch(/^waiting for/);
  await arrives(database, indexed);

  await database.script('drop index "t_a_idx"');
  const again = await holding(connect, seesRows);
  setTimeout(() => void again.script("rollback"), 1_500);
  const alone: Database = {
    ...database,
    another: async () => {
      throw new StkError("database_refused", "Too many connections.");
    },
  };
  told.length = 0;
  await applyPlan(alone, await planFor(database, indexed), { by, onProgress: (_, one) => told.push(one) });
  expect(told).toEqual([]);
  await arrives(database, indexed);
});

const isRoot = process.getuid?.() === 0 && process.platform === "linux";

it.runIf(isRoot)("says that the disk is full, loses nothing, and goes on when there is room", async () => {
  const directory = await mkdtemp(path.join(tmpdir(), "santokit-full-"));
  await execa("mount", ["-t", "tmpfs", "-o", "size=12m,mode=0755", "tmpfs", directory]);
  onTestFinished(async () => {
    await execa("umount", ["--lazy", directory]);
    await rm(directory, { recursive: true, force: true });
  });
  const space = path.join(directory, "space");
  await mkdir(space);
  const user = await unprivilegedUser();
  if (user !== undefined) await chown(space, user.uid, user.gid);

  const { connect, url, database } = await prepared(50_000);
  const name = new URL(url).pathname.slice(1);
  await database.query(`create tablespace ${name} location '${space}'`);
  onTestFinished(async () => {
    const admin = await connect();
    await admin.query("drop table t");
    await admin.query(`drop tablespace ${name}`);
  });
  await database.query(`alter table t set tablespace ${name}`);
  await database.query("analyze t");
  const rest = await execa("df", ["--output=avail", "-B1", directory]);
  const free = Number(rest.stdout.split("\n")[1]);
  const filler = path.join(directory, "filler");
  await writeFile(filler, Buffer.alloc(free - 200_000));

  await expect(applyPlan(database, await planFor(database, filled), { by })).rejects.toMatchObject({
    message: expect.stringMatching(/No space left on device/),
    code: "statement_failed",
    hint: expect.stringContaining("What was filled has stayed"),
    details: { sqlstate: "53100" },
  });
  const wider = before.replace("type: int", "type: bigint");
  await expect(applyPlan(database, await planFor(database, wider), { by })).rejects.toMatchObject({
    code: "statement_failed",
    details: { sqlstate: "53100" },
  });
  await rm(filler);
  await arrives(database, filled, 50_000);
});
