import type { TablePermissions } from "../../schema/manifest.ts";
import { type Predicate, reference } from "../../schema/predicate.ts";

/** What one call does with one table. */
export type TableUse = {
  readonly table: string;
  readonly reads: ReadonlySet<string>;
  /** The columns that a rule of insert can give a value, and those that every one can. */
  readonly inserts?: { readonly given: ReadonlySet<string>; readonly byAll: ReadonlySet<string> };
  readonly updates?: ReadonlySet<string>;
  readonly deletes?: true;
};

/** A call, and the tables that it uses. */
export type CallUse = { readonly call: string; readonly tables: readonly TableUse[] };

/** What the table calls of one connection use, as its permissions say. */
export const tableUses = (
  connection: string,
  permissions: Readonly<Record<string, TablePermissions>>,
): CallUse[] =>
  Object.entries(permissions).flatMap(([table, rules]) =>
    usesOf(table, rules).map(({ operation, tables }) => ({
      call: `db/${connection}/${table}/${operation}`,
      tables,
    })),
  );

type Rule = {
  readonly columns?: readonly string[];
  readonly where?: Predicate | undefined;
  readonly check?: Predicate | undefined;
};
type Written = { readonly columns: readonly string[]; readonly set: Readonly<Record<string, unknown>> };

function usesOf(table: string, permissions: TablePermissions) {
  const [select, insert, update, remove] = [
    Object.values(permissions.select ?? {}),
    Object.values(permissions.insert ?? {}),
    Object.values(permissions.update ?? {}),
    Object.values(permissions.delete ?? {}),
  ];
  // A write filters by what may be selected, and gives it back.
  const tables = (rules: readonly Rule[], own: Omit<TableUse, "table" | "reads">): TableUse[] =>
    [...readsOf(table, [...select, ...rules.map(({ where, check }) => ({ where, check }))])].map(
      ([name, reads]) => ({ table: name, reads, ...(name === table ? own : {}) }),
    );
  return [
    { operation: "select", rules: select, own: {} },
    {
      operation: "insert",
      rules: insert,
      own: { inserts: { given: writtenBy(insert), byAll: writtenByAll(insert) } },
    },
    { operation: "update", rules: update, own: { updates: writtenBy(update) } },
    { operation: "delete", rules: remove, own: { deletes: true as const } },
  ].flatMap(({ operation, rules, own }) =>
    rules.length === 0 ? [] : [{ operation, tables: tables(rules, own) }],
  );
}

const writtenBy = (rules: readonly Written[]): Set<string> =>
  new Set(rules.flatMap(({ columns, set }) => [...columns, ...Object.keys(set)]));

const writtenByAll = (rules: readonly Written[]): Set<string> => {
  const byRule = rules.map((rule) => writtenBy([rule]));
  return new Set([...writtenBy(rules)].filter((column) => byRule.every((written) => written.has(column))));
};

type Reads = Map<string, Set<string>>;

function readsOf(table: string, rules: readonly Rule[]): Reads {
  const reads: Reads = new Map([[table, new Set(rules.flatMap(({ columns = [] }) => columns))]]);
  for (const { where, check } of rules)
    for (const predicate of [where, check])
      if (predicate !== undefined) collect(predicate, table, table, reads);
  return reads;
}

/** `target` is the table of `$row`. */
function collect(predicate: Predicate, table: string, target: string, reads: Reads): void {
  const { and = [], or = [], not, exists, ...columns } = predicate;
  for (const inner of [...and, ...or, ...(not === undefined ? [] : [not])])
    collect(inner, table, target, reads);
  if (exists !== undefined) {
    columnsOf(reads, exists.table);
    collect(exists.where, exists.table, target, reads);
  }
  for (const [column, value] of Object.entries(columns)) {
    columnsOf(reads, table).add(column);
    for (const name of rowReferences(value)) columnsOf(reads, target).add(name);
  }
}

function columnsOf(reads: Reads, table: string): Set<string> {
  const known = reads.get(table) ?? new Set<string>();
  reads.set(table, known);
  return known;
}

/** The columns that a comparison names as `$row.COLUMN`. */
function rowReferences(value: unknown): string[] {
  if (typeof value === "string")
    return value.startsWith("$row.") && reference.test(value) ? [value.slice("$row.".length)] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(rowReferences) : [];
}
