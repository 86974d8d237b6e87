import { modelName } from "../catalog/queries.ts";
import type { Database } from "../database.ts";
import type { Blocked, Change } from "../diff/change.ts";
import { quoteIdentifier as quote, quoteName } from "../identifier.ts";
import { partitionFacts } from "../kinds/partition.ts";
import type { CatalogObject } from "../model/catalog-object.ts";
import { attempt } from "../transaction.ts";
import { yamlName } from "../yaml-name.ts";

/** A change that takes data away, which only a declared removal leads to. */
export type Removal =
  | Extract<Change, { kind: "dropTable" | "dropColumn" | "dropEnum" }>
  | (DropObject & { object: { kind: "partition" } });
type DropObject = Extract<Change, { kind: "dropObject" }>;

/** Whether a change takes data away. */
export const isRemoval = (change: Change): change is Removal =>
  change.kind === "dropTable" ||
  change.kind === "dropColumn" ||
  change.kind === "dropEnum" ||
  (change.kind === "dropObject" && change.object.kind === "partition");

/** What rests on something, by the table and the column that it belongs to where it does. */
type Dependent = {
  description: string;
  catalog: string;
  table: string | null;
  column: string | null;
  name: string | null;
  /** Whether it is the part of a foreign key that is about one partition: it goes only along with that. */
  isPart: boolean;
};

/**
 * What would stop a removal, or go along with it without being declared. Postgres drops nothing of these without
 * CASCADE but a column's keys and indexes, and CASCADE is never said.
 */
export async function removalBlocked(
  database: Database,
  removal: Removal,
  changes: readonly Change[],
): Promise<Blocked | undefined> {
  const found = await database.query<Dependent>(dependentsQuery, targetOf(removal));
  const others = found.filter((dependent) => !goesOrChanges(dependent, changes));
  if (others.length === 0) return undefined;
  const object = objectOf(removal);
  const list = [...new Set(others.map(({ description }) => description))].join(", ");
  return {
    code: "still_used",
    object,
    message: `${nameOf(removal)} is declared as removed, and other things rest on it: ${list}.`,
    ...(removal.kind === "dropObject" && others.every(({ isPart }) => isPart)
      ? detachment(removal.object)
      : {
          wayOut:
            "Drop these yourself first, or declare their removal too. Nothing is dropped along with another thing.",
        }),
  };
}

/** Postgres drops no partition of a table that a foreign key leads to, and detaches one to whose rows none leads. */
const detachment = ({ name, facts }: CatalogObject): Pick<Blocked, "wayOut" | "sql"> => ({
  wayOut: `Delete the rows that refer to it, detach it by hand with the statement, and declare the removal of the table that it is then: removed: { tables: [${yamlName(name)}] }`,
  sql: `alter table ${quoteName(partitionFacts.parse(facts).of)} detach partition ${quoteName(name)}`,
});

/** Whether the plan takes the dependent away, or makes it anew without the dependence. */
const goesOrChanges = (dependent: Dependent, changes: readonly Change[]): boolean =>
  changes.some((change) => {
    const { catalog, table, column, name } = dependent;
    if (change.kind === "dropObject") return isSame(change.object, dependent);
    // What changes in place lets go of what goes, else it would be made anew.
    if (change.kind === "alterObject") return isSame(change.to, dependent);
    if (!("table" in change) || change.table !== table) return false;
    switch (change.kind) {
      case "dropTable":
        return true;
      case "dropConstraint":
        return catalog === "pg_constraint" && change.name === name;
      case "dropIndex":
        return catalog === "pg_class" && change.name === name;
      case "dropColumn":
      case "changeType":
        return column !== null && change.column === column;
      case "setDefault":
      case "dropDefault":
        return catalog === "pg_attrdef" && change.column === column;
      default:
        return false;
    }
  });

function isSame(object: CatalogObject, { catalog, table, name }: Dependent): boolean {
  switch (object.kind) {
    case "policy":
      return catalog === "pg_policy" && object.table === table && object.name === name;
    case "trigger":
      return catalog === "pg_trigger" && object.table === table && object.name === name;
    case "view":
    case "materializedView":
      return (catalog === "pg_rewrite" || catalog === "pg_class") && object.name === table;
    case "composite":
      return catalog === "pg_class" && object.name === table;
    case "domain":
      return catalog === "pg_type" && object.name === name;
    case "routine":
      return catalog === "pg_proc" && object.name === name;
    default:
      return false;
  }
}

/** The table or the partition that a removal takes rows or values from. */
const relationOf = (removal: Exclude<Removal, { kind: "dropEnum" }>): string =>
  removal.kind === "dropObject" ? removal.object.name : removal.table;

/**
 * How many rows a removal takes, or takes a value from: 0 for an enum, null where it could not be counted in the time
 * that there is.
 */
export async function rowsDestroyed(database: Database, removal: Removal): Promise<number | null> {
  if (removal.kind === "dropEnum") return 0;
  const counted = removal.kind === "dropColumn" ? quote(removal.column) : "*";
  let rows: number | null = null;
  await attempt(database, async () => {
    const [row] = await database.query<{ count: string }>(
      `select count(${counted})::text as count from ${quoteName(relationOf(removal))}`,
    );
    rows = row === undefined ? null : Number(row.count);
  });
  return rows;
}

/** What a removal costs, as a sentence's part. */
export function destruction(removal: Removal, rows: number | null): string | undefined {
  if (removal.kind === "dropEnum") return undefined;
  const things = removal.kind === "dropColumn" ? ["value", "values"] : ["row", "rows"];
  const what = rows === null ? `its ${things[1]}` : `${rows} ${rows === 1 ? things[0] : things[1]}`;
  const destroys =
    rows === 0 ? `destroys nothing: there are no ${things[1]}` : `destroys ${what}, as is declared`;
  const takes = removal.kind === "dropTable" ? removal.takes : [];
  return takes.length === 0 ? destroys : `${destroys}; takes with it the ${takes.join(", the ")}`;
}

const nameOf = (removal: Removal): string => {
  if (removal.kind === "dropEnum") return `The enum ${removal.name}`;
  if (removal.kind === "dropObject") return `The partition ${removal.object.name}`;
  return removal.kind === "dropTable"
    ? `The table ${removal.table}`
    : `The column ${removal.column} of ${removal.table}`;
};

const objectOf = (removal: Removal): string => {
  if (removal.kind === "dropEnum") return removal.name;
  return removal.kind === "dropColumn" ? `${removal.table}.${removal.column}` : relationOf(removal);
};

/** The relation, the column and the type; two of them null. */
const targetOf = (removal: Removal): (string | null)[] => {
  if (removal.kind === "dropEnum") return [null, null, quoteName(removal.name)];
  return [quoteName(relationOf(removal)), removal.kind === "dropColumn" ? removal.column : null, null];
};

/**
 * pg_depend holds what rests on a relation ($1), on one column of it ($2), on their sequences, or on a type ($3), a
 * table being a type as well. Left out is what is the thing's own: all of a table that goes, with its partitions; the
 * default, the sequence and the NOT NULL of a column.
 */
const dependentsQuery = `
  with target as (
    select 'pg_class'::regclass as catalog, c.oid, a.attnum, c.oid as relation
    from pg_class c left join pg_attribute a on a.attrelid = c.oid and a.attname = $2::text
    where c.oid = to_regclass($1::text)
    union all
    select 'pg_class'::regclass, p.relid, null, p.relid
    from pg_partition_tree(to_regclass($1::text)) p
    where $2::text is null and p.relid <> to_regclass($1::text)
    union all
    select 'pg_class'::regclass, q.oid, null, to_regclass($1::text)
    from pg_depend s join pg_class q on s.classid = 'pg_class'::regclass and q.oid = s.objid and q.relkind = 'S'
      left join pg_attribute a on a.attrelid = s.refobjid and a.attnum = s.refobjsubid
    where s.refclassid = 'pg_class'::regclass and s.refobjid = to_regclass($1::text)
      and ($2::text is null or a.attname = $2::text)
    union all
    select 'pg_type'::regclass, t.oid, null, to_regclass($1::text)
    from pg_type t
    where $2::text is null and (t.oid = to_regtype($3::text) or t.typrelid = to_regclass($1::text)
      or t.typelem = to_regtype($3::text) and t.typcategory = 'A'
      or t.typelem = (select reltype from pg_class where oid = to_regclass($1::text)) and t.typcategory = 'A'))
  select distinct
    case when w.oid is null or w.rulename <> '_RETURN' then pg_describe_object(d.classid, coalesce(r.oid, d.objid), d.objsubid)
      else pg_describe_object('pg_class'::regclass, w.ev_class, 0) end as description,
    d.classid::regclass::text as catalog,
    ${modelName("(select nspname from pg_namespace where oid = o.relnamespace)", "o.relname")} as table,
    b.attname::text as column,
    coalesce(r.oid <> k.oid, false) as "isPart",
    coalesce(r.conname, y.polname, g.tgname, case when c.relkind in ('i', 'I') then c.relname end,
      ${modelName("(select nspname from pg_namespace where oid = p.pronamespace)", "format('%s(%s)', p.proname, oidvectortypes(p.proargtypes))")},
      (select ${modelName("e.nspname", "z.typname")} from pg_type z join pg_namespace e on e.oid = z.typnamespace
        where d.classid = 'pg_type'::regclass and z.oid = d.objid))::text as name
  from target
    join pg_depend d on d.refclassid = target.catalog and d.refobjid = target.oid and d.deptype in ('n', 'a')
      and (target.attnum is null or d.refobjsubid = target.attnum)
    left join pg_constraint k on d.classid = 'pg_constraint'::regclass and k.oid = d.objid
    left join lateral (
      with recursive up (oid, parent) as (
        select k.oid, case k.contype when 'f' then k.conparentid else 0 end
        union all select u.oid, u.conparentid from up join pg_constraint u on u.oid = up.parent)
      select whole.* from up join pg_constraint whole on whole.oid = up.oid where up.parent = 0) r on true
    left join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid
    left join pg_attrdef f on d.classid = 'pg_attrdef'::regclass and f.oid = d.objid
    left join pg_trigger g on d.classid = 'pg_trigger'::regclass and g.oid = d.objid
    left join pg_policy y on d.classid = 'pg_policy'::regclass and y.oid = d.objid
    left join pg_statistic_ext s on d.classid = 'pg_statistic_ext'::regclass and s.oid = d.objid
    left join pg_class c on d.classid = 'pg_class'::regclass and c.oid = d.objid
    left join pg_proc p on d.classid = 'pg_proc'::regclass and p.oid = d.objid
    left join pg_index i on i.indexrelid = c.oid
    left join pg_class o on o.oid = coalesce(nullif(r.conrelid, 0), f.adrelid, g.tgrelid, y.polrelid, s.stxrelid,
      i.indrelid, w.ev_class, c.oid)
    left join pg_attribute b on b.attrelid = o.oid
      and b.attnum = coalesce(f.adnum::int4, case when c.oid is not null and d.objsubid > 0 then d.objsubid end)
  where (o.oid is null or target.attnum is not null or coalesce(nullif(k.conrelid, 0), o.oid) is distinct from target.relation)
    and not coalesce(o.oid = target.relation and b.attnum = target.attnum, false)
    and not (coalesce(o.relispartition, false) and ($2::text is null or b.attname = $2::text)
      and target.relation in (select relid from pg_partition_ancestors(o.oid)))
    and coalesce(c.relkind, 'r') <> 'S' and not coalesce(c.relispartition, false)
    and coalesce(k.contype, 'c') <> 'n' and not coalesce(g.tgisinternal, false)
  order by description`;
