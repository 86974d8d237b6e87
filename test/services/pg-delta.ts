import { extract } from "@supabase/pg-delta/extract";
import { plan } from "@supabase/pg-delta/plan";
import type { Policy } from "@supabase/pg-delta/policy";
import pg from "pg";

/** What is not the declared schema's: `_stk`, and who owns and may use what. */
const policy: Policy = {
  id: "declared",
  filter: [
    { match: { schema: "_stk" }, action: "exclude" },
    { match: { all: [{ kind: "schema" }, { name: "_stk" }] }, action: "exclude" },
    { match: { kind: ["role", "membership", "acl", "defaultPrivilege"] }, action: "exclude" },
  ],
};

/**
 * The statements that Supabase's pg-delta would run to make the database at `url` like the one at `reference`; none
 * where it sees no difference. The order of columns is none.
 *
 * It needs Postgres 14, and does not see: statistics objects, the names of NOT NULL, a column's storage, compression,
 * statistics target and options, a view's columns' comments, CLUSTER, operators and text search.
 *
 * @example expect(await differenceSeenByPgDelta(target.url, reference.url)).toEqual([]);
 */
export async function differenceSeenByPgDelta(url: string, reference: string): Promise<string[]> {
  const [from, to] = await Promise.all([factsOf(url), factsOf(reference)]);
  return plan(from, to, { policy, scope: "database" }).actions.map(({ sql }) => sql);
}

async function factsOf(url: string): Promise<Awaited<ReturnType<typeof extract>>["factBase"]> {
  const pool = new pg.Pool({ connectionString: url, max: 1, connectionTimeoutMillis: 5_000 });
  // A session may still be closing when its database is dropped, which nobody waits for any more.
  pool.on("error", () => {});
  try {
    return (await extract(pool, { statementTimeoutMs: 10_000 })).factBase;
  } finally {
    await pool.end();
  }
}
