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
  return (await extract(poolOf(url), { statementTimeoutMs: 10_000 })).factBase;
}

const pools = new Map<string, pg.Pool>();

/** One session for each database: a new one reads all that it asks about anew. */
function poolOf(connectionString: string): pg.Pool {
  const known = pools.get(connectionString);
  if (known !== undefined) return known;
  const pool = new pg.Pool({
    connectionString,
    max: 1,
    connectionTimeoutMillis: 5_000,
    allowExitOnIdle: true,
  });
  // Its database may be dropped under it, which ends the session.
  pool.on("error", () => {});
  pools.set(connectionString, pool);
  return pool;
}
