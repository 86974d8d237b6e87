import type { DeclaredSchema, DeclaredTable } from "../../schema/declared.ts";
import type { Database, Row } from "./database.ts";

const maxReported = 20;

/** `NAME` is in `public`; elsewhere it is `SCHEMA.NAME`. */
const schemaOf = "case when position('.' in u.name) = 0 then 'public' else split_part(u.name, '.', 1) end";
const localOf = "substr(u.name, position('.' in u.name) + 1)";

/** Tables, columns and enums as the database has them: by table and column, by enum and label. */
const statement = {
  text: `select 'column' as kind, u.name, a.attname::text as part,
  format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable
from unnest($1::text[]) as u (name)
  join pg_catalog.pg_namespace n on n.nspname = ${schemaOf}
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = ${localOf} and c.relkind in ('r', 'p', 'v', 'm', 'f')
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
union all
select 'label', u.name, e.enumlabel::text, null, null
from unnest($2::text[]) as u (name)
  join pg_catalog.pg_namespace n on n.nspname = ${schemaOf}
  join pg_catalog.pg_type t on t.typnamespace = n.oid and t.typname = ${localOf}
  join pg_catalog.pg_enum e on e.enumtypid = t.oid`,
};

/**
 * What a database lacks, or has in another form than the schema that the release was built for, as sentences; none
 * where it fits. What it has beyond that is fine.
 */
export async function misfits(
  database: Database,
  schema: DeclaredSchema,
  signal?: AbortSignal,
): Promise<string[]> {
  const lists = [Object.keys(schema.tables), Object.keys(schema.enums)];
  const { rows } = await database.query(statement, lists, signal);
  const columns = grouped(rows.filter(({ kind }) => kind === "column"));
  const labels = grouped(rows.filter(({ kind }) => kind === "label"));
  const found = [
    ...Object.entries(schema.enums).flatMap(([name, declared]) =>
      enumMisfits(name, declared, labels.get(name)),
    ),
    ...Object.entries(schema.tables).flatMap(([name, table]) => tableMisfits(name, table, columns.get(name))),
  ];
  if (found.length <= maxReported) return found;
  return [...found.slice(0, maxReported), `And ${found.length - maxReported} more.`];
}

type Parts = ReadonlyMap<string, Row>;

function grouped(rows: readonly Row[]): ReadonlyMap<string, Parts> {
  const groups = new Map<string, Map<string, Row>>();
  for (const row of rows) {
    const group = groups.get(String(row.name)) ?? new Map<string, Row>();
    groups.set(String(row.name), group.set(String(row.part), row));
  }
  return groups;
}

function enumMisfits(name: string, declared: readonly string[], labels: Parts | undefined): string[] {
  if (labels === undefined) return [`The enum \`${name}\` does not exist.`];
  return declared
    .filter((label) => !labels.has(label))
    .map((label) => `The enum \`${name}\` has no value \`${label}\`.`);
}

function tableMisfits(name: string, table: DeclaredTable, columns: Parts | undefined): string[] {
  if (columns === undefined) return [`The table \`${name}\` does not exist.`];
  return Object.entries(table.columns).flatMap(([column, { type, nullable }]) => {
    const found = columns.get(column);
    const called = `\`${name}.${column}\``;
    if (found === undefined) return [`The column ${called} does not exist.`];
    const foundType = String(found.type).replace(/^public\./, "");
    if (foundType !== type) return [`The column ${called} is \`${foundType}\`, not \`${type}\`.`];
    if (found.nullable !== nullable)
      return [`The column ${called} is ${nullable ? "not null" : "nullable"}, unlike declared.`];
    return [];
  });
}
