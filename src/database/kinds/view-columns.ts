import { z } from "zod";
import { quoteList, quoteName } from "../identifier.ts";

/** A column of a view as `pg_attribute` has it; `collation` where it is not the type's own. */
export const viewColumn = z.strictObject({
  name: z.string(),
  type: z.string(),
  collation: z.string().nullable(),
});

/** SQL (json) for the columns of the view `c`. */
export const viewColumns = `coalesce((
    select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'collation', case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end)
      order by a.attnum)
    from pg_attribute a join pg_type t on t.oid = a.atttypid
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]'::json)`;

/** What stands between CREATE VIEW and AS. */
export function viewHead(
  name: string,
  columns: readonly z.infer<typeof viewColumn>[],
  options: readonly string[],
): string {
  const list = columns.length === 0 ? "" : ` (${quoteList(columns.map((column) => column.name))})`;
  return `${quoteName(name)}${list}${options.length === 0 ? "" : ` with (${options.join(", ")})`}`;
}
