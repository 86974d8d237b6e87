import type {
  DeclaredKey,
  DeclaredSchema,
  DeclaredStatements,
  DeclaredTable,
} from "../../schema/declared.ts";
import { type DeclaredIntegers, declaredIntegers } from "../sql/declared-integers.ts";
import { quoteIdentifier } from "../sql/quote.ts";
import { type OwnTypeNames, ownTypeNames, type SqlType, sqlType } from "../sql/type.ts";

/** A column of the manifest; `quoted` is its name as SQL. */
export type Column = {
  readonly name: string;
  readonly quoted: string;
  readonly type: SqlType;
  /** How Postgres computes it; undefined where it is written. */
  readonly generated: "stored" | "virtual" | undefined;
};

/** A table of the manifest. */
export type Table = {
  readonly name: string;
  readonly quoted: string;
  readonly columns: ReadonlyMap<string, Column>;
  readonly integers: DeclaredIntegers;
  /** Columns of which equal values name at most one row. */
  readonly keys: readonly (readonly string[])[];
  /** The columns of each constraint by its name. */
  readonly constraints: ReadonlyMap<string, readonly string[]>;
  /** Columns that a row needs a value for, since Postgres gives them none. */
  readonly required: readonly string[];
  /** Whether a declared trigger may change a row before it is written. */
  readonly rewritten: boolean;
};

/** The tables of one connection by name. */
export type Tables = ReadonlyMap<string, Table>;

/** Reads the declared schema of one connection. */
export function tablesOf(schema: DeclaredSchema): Tables {
  const own = ownTypeNames(schema);
  const rewritten = new Set((schema.objects ?? []).filter(rewrites).map(({ table }) => table));
  return new Map(
    Object.entries(schema.tables).map(([name, table]) => [
      name,
      tableOf(name, table, own, rewritten.has(name)),
    ]),
  );
}

/** Whether an object is a trigger that is not surely one of AFTER. */
const rewrites = ({ kind, sql: [create = ""] }: DeclaredStatements): boolean =>
  kind === "trigger" && !/^create (?:constraint )?trigger (?:"(?:[^"]|"")*"|\S+) after /.test(create);

function tableOf(name: string, declared: DeclaredTable, own: OwnTypeNames, rewritten: boolean): Table {
  const keys = [...(declared.primaryKey ? [declared.primaryKey] : []), ...declared.uniques];
  return {
    name,
    quoted: quoteIdentifier(name),
    columns: new Map(
      Object.entries(declared.columns).map(([column, { type, generated }]) => [
        column,
        {
          name: column,
          quoted: quoteIdentifier(column),
          type: sqlType(type, own),
          generated: generated?.kind,
        },
      ]),
    ),
    integers: declaredIntegers(Object.entries(declared.columns).map(([column, { type }]) => [column, type])),
    keys: keys.map((key) => key.columns),
    constraints: constraintsOf(declared, keys),
    required: rewritten ? [] : requiredColumns(declared, own),
    rewritten,
  };
}

// A domain may have a default, and a trigger may give a value: only the insert shows it.
const requiredColumns = ({ columns }: DeclaredTable, own: OwnTypeNames): string[] =>
  Object.entries(columns).flatMap(([name, column]) => {
    const isGiven = column.nullable || column.default !== undefined || column.identity !== undefined;
    return isGiven || column.generated !== undefined || own.domains.has(column.type) ? [] : [name];
  });

function constraintsOf(
  { columns, checks, exclusions = [], indexes, foreignKeys }: DeclaredTable,
  keys: readonly DeclaredKey[],
): ReadonlyMap<string, readonly string[]> {
  const names = Object.keys(columns);
  return new Map([
    ...[...keys, ...foreignKeys].map((key) => [key.name, key.columns] as const),
    ...checks.map(({ name, expression }) => [name, mentioned(names, expression)] as const),
    ...exclusions.map(({ name, definition }) => [name, mentioned(names, definition)] as const),
    ...indexes
      .filter(({ unique }) => unique)
      .map((index) => [index.name, mentioned(names, index.columns.join())] as const),
  ]);
}

/** The columns that an expression may look at: those whose names stand in it outside of texts. */
function mentioned(columns: readonly string[], sql: string): string[] {
  const words = sql.replace(/'(?:[^']|'')*'/g, "").match(/"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
  const names = new Set(words.map((word) => (word.startsWith('"') ? word : word.toLowerCase())));
  return columns.filter((column) => names.has(column) || names.has(quoteIdentifier(column)));
}
