import type { Database } from "../../runtime/database/database.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { Predicate } from "../../schema/predicate.ts";
import { quoteIdentifier } from "../database/identifier.ts";

/** A call that somebody may make, and whose token shows something: found in the permissions and the rows. */
export type ExampleCall = { sub: string; body: string };

const nobodyYet = "00000000-0000-4000-8000-000000000001";

/** A select that a rule gives to users for rows of their own, and one of the users that have any. */
export async function exampleCall(
  { permissions, logic }: Manifest,
  databases: ReadonlyMap<string, Database>,
): Promise<ExampleCall | undefined> {
  for (const [connection, tables] of Object.entries(permissions))
    for (const [table, { select }] of Object.entries(tables)) {
      const owner = ownerColumn(table, select?.authenticated?.where);
      if (owner === undefined) continue;
      const column = quoteIdentifier(owner.column);
      const text = `select min(${column}::text) as sub from ${quoteIdentifier(owner.table)}`;
      const found = await databases.get(connection)?.query({ text }, []);
      const sub = found?.rows[0]?.sub;
      return {
        sub: typeof sub === "string" ? sub : nobodyYet,
        body: JSON.stringify({ path: `db/${connection}/${table}/select`, params: { limit: 3 } }),
      };
    }
  const open = Object.entries(logic).find(
    ([, { access, params }]) =>
      (access === "public" || access === "authenticated") &&
      Object.values(params).every((parameter) => parameter.default !== undefined),
  );
  return open === undefined ? undefined : { sub: nobodyYet, body: JSON.stringify({ path: open[0] }) };
}

/** The column that a condition compares with the caller's id, and its table. */
function ownerColumn(
  table: string,
  where: Predicate | undefined,
): { table: string; column: string } | undefined {
  for (const [column, value] of Object.entries(where ?? {})) {
    const isOwn = value === "$user.id" || JSON.stringify(value) === '{"eq":"$user.id"}';
    if (isOwn) return { table, column };
  }
  for (const part of [...(where?.and ?? []), ...(where?.or ?? [])]) {
    const found = ownerColumn(table, part);
    if (found !== undefined) return found;
  }
  return where?.exists === undefined ? undefined : ownerColumn(where.exists.table, where.exists.where);
}
