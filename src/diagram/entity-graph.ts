import type { Constraint, Model, Table } from "../database/model/model.ts";

/** What a column is in: the primary key, a foreign key, a unique key by itself. */
export type KeyMark = "PK" | "FK" | "UK";

/** A column of a table as a diagram shows it. */
export type EntityColumn = { name: string; type: string; nullable: boolean; keys: readonly KeyMark[] };

/** A table as a diagram shows it. `name` is `SCHEMA.NAME` outside of `public`. */
export type Entity = { name: string; columns: readonly EntityColumn[] };

/** A foreign key as a diagram shows it: from the rows that refer to those that are referred to. */
export type Relation = {
  name: string;
  from: string;
  columns: readonly string[];
  to: string;
  references: readonly string[];
  /** Whether a row may refer to none. */
  optional: boolean;
  /** Whether no two rows may refer to one. */
  one: boolean;
};

/** Tables and what relates them, in the order of the declaration. */
export type EntityGraph = { entities: readonly Entity[]; relations: readonly Relation[] };

/** The tables of a model and their relations. A foreign key to what is not in the model is left out. */
export function entityGraph({ tables }: Pick<Model, "tables">): EntityGraph {
  return {
    entities: [...tables].map(([name, table]) => ({ name, columns: columnsOf(table) })),
    relations: [...tables].flatMap(([from, table]) =>
      [...table.constraints].flatMap(([name, constraint]): Relation[] => {
        const { references, columns } = constraint;
        if (references === undefined || !tables.has(references.table)) return [];
        return [
          {
            name,
            from,
            columns,
            to: references.table,
            references: references.columns,
            optional: columns.some((column) => table.columns.get(column)?.nullable === true),
            one: uniqueKeysOf(table).some((key) => key.every((column) => columns.includes(column))),
          },
        ];
      }),
    ),
  };
}

function columnsOf(table: Table): EntityColumn[] {
  const constraints = [...table.constraints.values()];
  const inKey = (kind: Constraint["kind"], name: string): boolean =>
    constraints.some((each) => each.kind === kind && each.columns.includes(name));
  return [...table.columns].map(([name, { type, nullable }]) => {
    const keys: KeyMark[] = [];
    if (inKey("primaryKey", name)) keys.push("PK");
    if (inKey("foreignKey", name)) keys.push("FK");
    const isUnique = uniqueKeysOf(table).some((key) => key.length === 1 && key[0] === name);
    if (isUnique && !keys.includes("PK")) keys.push("UK");
    return { name, type: shortType(type), nullable, keys };
  });
}

/** Lists of columns that no two rows share. */
const uniqueKeysOf = ({ constraints, indexes }: Table): (readonly string[])[] => [
  ...[...constraints.values()].flatMap(({ kind, columns }) =>
    kind === "primaryKey" || kind === "unique" ? [columns] : [],
  ),
  ...[...indexes.values()].flatMap(({ unique, predicate, keys }) =>
    unique && predicate === undefined ? [keys.map((key) => key.replace(/^"(.*)"$/, "$1"))] : [],
  ),
];

const shorter: readonly (readonly [RegExp, string])[] = [
  [/^timestamp(\(\d\))? with time zone/, "timestamptz$1"],
  [/^timestamp(\(\d\))? without time zone/, "timestamp$1"],
  [/^time(\(\d\))? with time zone/, "timetz$1"],
  [/^time(\(\d\))? without time zone/, "time$1"],
  [/^character varying/, "varchar"],
  [/^character/, "char"],
  [/^bit varying/, "varbit"],
  [/^double precision/, "float8"],
];

/** A type by the name that people write. */
function shortType(type: string): string {
  for (const [pattern, name] of shorter) if (pattern.test(type)) return type.replace(pattern, name);
  return type;
}
