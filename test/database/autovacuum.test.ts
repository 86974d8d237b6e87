import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { applyPlan } from "../../src/database/apply/apply.ts";
import type { Database } from "../../src/database/database.ts";
import { planSchema } from "../../src/database/plan/plan.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { declaredFrom } from "../acceptance/schema/declared.ts";
import { startPostgres } from "../services/postgres-server.ts";
import { sharedShadow } from "./shared-shadow.ts";

/** A server whose autovacuum looks often, finds a reason in ten dead rows, and then takes minutes. */
const eager = {
  autovacuum_naptime: "1s",
  autovacuum_vacuum_threshold: "10",
  autovacuum_vacuum_scale_factor: "0",
  autovacuum_vacuum_cost_delay: "100",
  autovacuum_vacuum_cost_limit: "1",
};

async function vacuumed(database: Database): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(100)) {
    const running = await database.query(
      `select from pg_stat_progress_vacuum v join pg_stat_activity a using (pid)
       where v.relid = 't'::regclass and a.backend_type = 'autovacuum worker'`,
    );
    if (running.length > 0) return;
  }
  throw new Error("Autovacuum did not come.");
}

it("waits for a lock for long enough that autovacuum gives way", { timeout: 60_000 }, async () => {
  const [server, shadow] = await Promise.all([startPostgres(18), sharedShadow()]);
  onTestFinished(async () => {
    await server.stop();
  });
  const database = await openPostgres({ url: server.url, applicationName: "test", connectTimeoutMs: 5_000 });
  onTestFinished(() => database.close());
  await database.script(
    "create table t (id int primary key, a int); insert into t select n, n from generate_series(1, 200000) n",
  );
  for (const [name, value] of Object.entries(eager))
    await database.query(`alter system set ${name} = '${value}'`);
  await database.query("select pg_reload_conf()");
  await database.query("update t set a = a + 1");
  await vacuumed(database);

  const declared = declaredFrom(
    "tables: { t: { columns: { id: { type: int, primaryKey: true }, a: { type: int }, b: { type: int } } } }",
  );
  const planned = await planSchema(database, { connection: "main", declared, shadow });
  const retries: number[] = [];
  await applyPlan(database, planned, {
    by: { version: "test" },
    onRetry: (attempt) => retries.push(attempt),
  });
  expect(retries).toEqual([]);
  expect(await database.query("select b from t limit 1")).toEqual([{ b: null }]);
});
