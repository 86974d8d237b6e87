import { beforeAll, expect, it, onTestFinished } from "vitest";
import { applyPlan } from "../../src/database/apply/apply.ts";
import { assertOwnSession } from "../../src/database/apply/own-session.ts";
import type { Database } from "../../src/database/database.ts";
import { type Planned, planSchema } from "../../src/database/plan/plan.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import type { Shadow } from "../../src/database/shadow/shadow.ts";
import { declaredFrom } from "../acceptance/schema/declared.ts";
import { describeWith } from "../services/needs.ts";
import { type PoolerOptions, startPooler } from "../services/pgbouncer.ts";
import { freshDatabase } from "../services/postgres.ts";
import { liveDatabase } from "./live-database.ts";
import { sharedShadow } from "./shared-shadow.ts";

let shadow: Shadow;
beforeAll(async () => {
  shadow = await sharedShadow();
});

const yaml = `tables:
  tasks: { columns: { id: { type: int, primaryKey: true }, title: { type: text } }, indexes: [{ columns: [title] }] }`;
const planFor = (database: Database): Promise<Planned> =>
  planSchema(database, { connection: "main", declared: declaredFrom(yaml), shadow });

async function pooled(options: PoolerOptions) {
  const { connect, url } = await liveDatabase(freshDatabase);
  const pooler = await startPooler(url, options);
  onTestFinished(() => pooler.stop());
  const connectPooled = async (): Promise<Database> => {
    const database = await openPostgres({
      url: pooler.url,
      applicationName: "stk",
      connectTimeoutMs: 3_000,
    });
    onTestFinished(() => database.close());
    return database;
  };
  return { direct: await connect(), connectPooled };
}

const lent: readonly PoolerOptions[] = [
  { mode: "transaction" },
  { mode: "transaction", inTurn: true },
  { mode: "transaction", sessions: 1 },
  { mode: "transaction", sessions: 2, inTurn: true },
];

await describeWith(["pgbouncer"], "behind PgBouncer", () => {
  it.each(lent)("refuses to apply where sessions are lent: %o", async (options) => {
    const { direct, connectPooled } = await pooled(options);
    // Sessions that others have opened and left idle.
    for (const one of await Promise.all([connectPooled(), connectPooled()])) await one.query("select 1");
    const database = await connectPooled();
    const planned = await planFor(database);
    expect(planned.plan.steps.map(({ description }) => description)).toContain("Create the table tasks");
    for (let time = 0; time < 3; time += 1)
      await expect(applyPlan(database, planned, { by: { version: "0.0.0" } })).rejects.toMatchObject({
        code: "session_changed",
        hint: expect.stringContaining("URL of the database itself"),
      });
    expect(await direct.query("select from pg_namespace where nspname = '_stk'")).toEqual([]);
    expect(
      await direct.query(
        "select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
      ),
    ).toEqual([]);
    await applyPlan(direct, await planFor(direct), { by: { version: "0.0.0" } });
    expect((await planFor(database)).plan.steps).toEqual([]);
  });

  it.each([false, true])("sees it while others use the pool, in turn: %s", async (inTurn) => {
    const { connectPooled } = await pooled({ mode: "transaction", sessions: 4, inTurn });
    const database = await connectPooled();
    const others = await Promise.all(Array.from({ length: 6 }, connectPooled));
    let isDone = false;
    const busy = others.map(async (other) => {
      while (!isDone) await other.query("select pg_sleep(0.001)");
    });
    for (let time = 0; time < 20; time += 1)
      await expect(assertOwnSession(database)).rejects.toMatchObject({ code: "session_changed" });
    isDone = true;
    await Promise.all(busy);
  });

  it("applies where a client keeps its session", async () => {
    const { connectPooled } = await pooled({ mode: "session" });
    const database = await connectPooled();
    await applyPlan(database, await planFor(database), { by: { version: "0.0.0" } });
    expect((await planFor(database)).plan.steps).toEqual([]);
  });

  it("applies where a client keeps the only session that there is", async () => {
    const { connectPooled } = await pooled({ mode: "session", sessions: 1 });
    const database = await connectPooled();
    await applyPlan(database, await planFor(database), { by: { version: "0.0.0" } });
    expect((await planFor(database)).plan.steps).toEqual([]);
  }, 30_000);
});
