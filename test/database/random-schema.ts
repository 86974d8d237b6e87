import type { DeclaredColumn, DeclaredSchema, DeclaredTable } from "../../schema/declared.ts";

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const columnTypes: Readonly<Record<string, readonly string[]>> = {
  integer: ["0", "7", "1 + 1"],
  bigint: ["0", "-1"],
  "numeric(8,2)": ["0", "1.5"],
  text: ["'a'", "'it''s'", "lower('B')"],
  "varchar(9)": ["'a'", "''"],
  boolean: ["true", "false"],
  uuid: ["gen_random_uuid()"],
  timestamptz: ["now()", "'2026-01-01'"],
  date: ["current_date"],
  jsonb: ["'{}'"],
  "text[]": ["'{}'"],
  mood: ["'good'", "'bad'"],
};
const ordered = new Set([
  "integer",
  "bigint",
  "numeric(8,2)",
  "text",
  "varchar(9)",
  "date",
  "timestamptz",
  "uuid",
  "mood",
]);

/** Draws declared schemas. */
export function schemaDrawer(seed: number) {
  const random = randomNumbers(seed);
  const chance = (probability: number): boolean => random() < probability;
  const one = <T>(list: readonly T[], fallback: T): T => list[Math.floor(random() * list.length)] ?? fallback;

  const column = (): DeclaredColumn => {
    const type = one(Object.keys(columnTypes), "text");
    const value = chance(0.4) ? one(columnTypes[type] ?? [], "null") : undefined;
    return { type, nullable: chance(0.6), ...(value === undefined ? {} : { default: value }) };
  };

  /** Keys, checks and indexes over the columns that are there. */
  const keysOf = (
    name: string,
    columns: Readonly<Record<string, DeclaredColumn>>,
  ): Omit<DeclaredTable, "columns" | "foreignKeys"> => {
    const sortable = Object.keys(columns).filter((each) => ordered.has(columns[each]?.type ?? ""));
    const numbers = sortable.filter((each) => ["integer", "bigint"].includes(columns[each]?.type ?? ""));
    return {
      primaryKey: { name: `${name}_pkey`, columns: ["id"] },
      uniques: sortable
        .filter(() => chance(0.15))
        .map((each) => ({ name: `${name}_${each}_key`, columns: [each] })),
      checks: numbers
        .filter(() => chance(0.4))
        .map((each) => ({
          name: `${name}_${each}_check`,
          expression: one(
            [`${each} > -9`, `${each} between -5 and 99`, `coalesce(${each}, 0) <> 13`],
            "true",
          ),
        })),
      indexes: sortable
        .filter(() => chance(0.4))
        .map((each) => ({
          name: `${name}_${each}_idx`,
          columns: [`"${each}"${one(["", " desc", " nulls first"], "")}`],
          unique: false,
          method: "btree",
          ...(chance(0.3) ? { where: `"${each}" is not null` } : {}),
        })),
    };
  };

  const table = (name: string, present: Readonly<Record<string, DeclaredColumn>>): DeclaredTable => {
    const kept = Object.entries(present).map(
      ([each, declared]) => [each, each === "id" ? declared : changed(declared)] as const,
    );
    const added = ["a", "b", "c", "d", "e"].filter((each) => !Object.hasOwn(present, each) && chance(0.5));
    const columns = {
      id: { type: "integer", nullable: false },
      ...Object.fromEntries(kept),
      ...Object.fromEntries(added.map((each) => [each, column()])),
    };
    return { columns, ...keysOf(name, columns), foreignKeys: [] };
  };

  /** Now and then a type that holds all of the old, another default or nullability. */
  const changed = (declared: DeclaredColumn): DeclaredColumn => {
    if (chance(0.6)) return declared;
    const wider: Readonly<Record<string, string>> = {
      integer: "bigint",
      "varchar(9)": "text",
      date: "timestamptz",
    };
    const type = wider[declared.type] ?? declared.type;
    const value = chance(0.5) ? one(columnTypes[type] ?? [], "null") : undefined;
    return { type, nullable: chance(0.5), ...(value === undefined ? {} : { default: value }) };
  };

  return {
    /** A schema that could follow `before`: nothing that holds data goes. */
    next(before: DeclaredSchema): DeclaredSchema {
      const values = ["best", "good", "fair", "bad"].filter(
        (each) => (before.enums.mood ?? ["good", "bad"]).includes(each) || chance(0.3),
      );
      const names = ["p", "q", "r"].filter((name) => Object.hasOwn(before.tables, name) || chance(0.7));
      const tables = names.map((name) => [name, table(name, before.tables[name]?.columns ?? {})] as const);
      const related = tables.map(([name, each]) => {
        const integers = Object.keys(each.columns).filter(
          (own) => ["integer", "bigint"].includes(each.columns[own]?.type ?? "") && own !== "id",
        );
        const foreignKeys = integers
          .filter(() => chance(0.5))
          .map((own) => ({
            name: `${name}_${own}_fkey`,
            columns: [own],
            table: one(names, name),
            references: ["id"],
            onDelete: one(["no action", "cascade", "set null"] as const, "cascade"),
            onUpdate: "no action" as const,
          }));
        return [name, { ...each, foreignKeys }] as const;
      });
      return { enums: { mood: values }, tables: Object.fromEntries(related) };
    },
  };
}
