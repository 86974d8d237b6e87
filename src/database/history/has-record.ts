import type { Database } from "../database.ts";

/** Whether anything was ever applied to a database by stk. */
export async function hasRecord(database: Database): Promise<boolean> {
  const [row] = await database.query<{ there: boolean }>(
    "select to_regclass('_stk.applies') is not null and to_regclass('_stk.steps') is not null as there",
  );
  return row?.there ?? false;
}
