import type { Database } from "../database.ts";
import { quoteIdentifier } from "../identifier.ts";

/** Takes everything from an embedded database that was made in it. */
export async function emptied(database: Database): Promise<void> {
  await database.script("rollback");
  const found = await database.query<{ kind: "schema" | "extension"; name: string }>(`
    select 'extension' as kind, extname::text as name from pg_extension where extname <> 'plpgsql'
    union all
    select 'schema', nspname::text from pg_namespace
    where nspname !~ '^pg_' and nspname <> 'information_schema'`);
  const drops = found.map(({ kind, name }) => `drop ${kind} if exists ${quoteIdentifier(name)} cascade;`);
  await database.script(`${drops.join("\n")} create schema public; grant usage on schema public to public;`);
}
