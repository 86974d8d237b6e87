import type { SchemaFile } from "../../schema/schema-file.ts";
import type { TableDeclaration } from "../../schema/tables.ts";

const sections = ["tables", "domains", "composites", "sequences", "views", "materializedViews"] as const;
const signatures: Readonly<Record<string, string>> = {
  twice: "twice(integer)",
  "audit.stamp": "audit.stamp()",
};

/** A declaration that says of everything that it has no more, that it goes, and lets policies be weaker. */
export function changeTo(before: SchemaFile, after: SchemaFile): SchemaFile {
  const gone = (one: object = {}, other: object = {}): string[] =>
    Object.keys(one).filter((name) => !Object.hasOwn(other, name));
  const removed: Record<string, unknown> = {};
  const add = (
    section: string,
    names: readonly string[] | Readonly<Record<string, readonly string[]>>,
  ): void => {
    if (Object.keys(names).length > 0) removed[section] = names;
  };
  for (const section of sections) add(section, gone(before[section], after[section]));
  add(
    "functions",
    gone(before.functions, after.functions).map((name) => signatures[name] ?? name),
  );
  const both = Object.entries(before.tables ?? {}).flatMap(([name, old]) => {
    const now = after.tables?.[name];
    return now === undefined ? [] : [{ name, old, now }];
  });
  add("columns", nonEmpty(both.map(({ name, old, now }) => [name, gone(old.columns, now.columns)])));
  add(
    "partitions",
    both.flatMap(({ old, now }) => gone(old.partitions, now.partitions)),
  );
  add(
    "enumValues",
    nonEmpty(
      Object.keys(before.enums ?? {}).map((name) => {
        const now = valuesOf(after, name);
        return [name, valuesOf(before, name).filter((value) => !now.includes(value))];
      }),
    ),
  );
  const approved = Object.fromEntries(both.map(({ name }) => [name, ["policy_weakened"]]));
  const tables = { ...after.tables };
  for (const { name, old, now } of both) tables[name] = fitting(old, now, before);
  // Nothing says that an attribute goes.
  const { Place: old } = before.composites ?? {};
  const composites = { ...after.composites };
  if (old !== undefined && composites.Place !== undefined)
    composites.Place = {
      ...composites.Place,
      attributes: { ...composites.Place.attributes, ...old.attributes },
    };
  return {
    ...after,
    tables,
    ...(Object.keys(composites).length === 0 ? {} : { composites }),
    ...(Object.keys(removed).length === 0 ? {} : { removed }),
    ...(both.length === 0 ? {} : { approved }),
  };
}

/** What the rows of the table that was there meet: they refer to none of a new one, and hold null in what is new. */
function fitting(old: TableDeclaration, now: TableDeclaration, before: SchemaFile): TableDeclaration {
  const { h, ...others } = now.columns;
  // What is computed is computed anew for all rows only where it is asked for.
  const { a, g } = old.columns;
  if (g !== undefined && others.g !== undefined && a !== undefined && others.a !== undefined) {
    others.g = { ...others.g, ...(g.generated === undefined ? {} : { generated: g.generated }) };
    others.a = { ...others.a, type: a.type };
  }
  const { references, onDelete, ...free } = h ?? { type: "integer" };
  const target = references?.replace(/\.id$/, "") ?? "";
  const isNew = old.columns.h !== undefined && !Object.hasOwn(before.tables ?? {}, target);
  const unique = now.unique?.map((key) =>
    Array.isArray(key) || key.columns.every((column) => Object.hasOwn(old.columns, column))
      ? key
      : { ...key, nullsNotDistinct: false },
  );
  return {
    ...now,
    columns: h === undefined ? others : { ...others, h: isNew ? free : h },
    ...(unique === undefined ? {} : { unique }),
  };
}

const nonEmpty = (
  lists: readonly (readonly [string, readonly string[]])[],
): Record<string, readonly string[]> => Object.fromEntries(lists.filter(([, list]) => list.length > 0));

function valuesOf({ enums = {} }: SchemaFile, name: string): string[] {
  const declared = enums[name] ?? [];
  return (Array.isArray(declared) ? declared : declared.values).map((value) =>
    typeof value === "string" ? value : value.value,
  );
}

/** Three rows for each table, which fit whatever may come of its columns. */
export function rowsFor({ tables = {}, composites = {} }: SchemaFile): string {
  const hasY = Object.hasOwn(composites.Place?.attributes ?? {}, "y");
  const ids = [1, 2, 3];
  const valueIn = (column: string, id: number): string =>
    ({
      b: `'x${id}'`,
      c: "'good'",
      e: hasY ? `row(${id}, 'y')` : `row(${id})`,
      f: `int4range(${id * 10}, ${id * 10 + 5})`,
      h: "null",
      i: "'{low}'",
      j: "'2026-02-01 00:00:00+00'",
      l: `'{"a": ${id}}'`,
      day: "'2026-03-01'",
      m: "'m'",
    })[column] ?? String(id);
  const statements = Object.entries(tables).flatMap(([name, { columns }]) => {
    const filled = Object.entries(columns).flatMap(([column, { generated }]) =>
      generated === undefined ? [column] : [],
    );
    const rows = ids.map((id) => `(${filled.map((column) => valueIn(column, id)).join(", ")})`);
    const table = quoted(name);
    const list = filled.map((column) => `"${column}"`).join(", ");
    return [`insert into ${table} (${list}) overriding system value values ${rows.join(", ")}`];
  });
  const references = Object.entries(tables).flatMap(([name, { columns }]) =>
    columns.h === undefined ? [] : [`update ${quoted(name)} set h = id`],
  );
  return [...statements, ...references].join(";\n");
}

const quoted = (name: string): string =>
  name
    .split(".")
    .map((part) => `"${part}"`)
    .join(".");
