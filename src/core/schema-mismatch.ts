import type { DeclaredColumn, DeclaredSchema } from "../../schema/declared.ts";
import { isServed } from "./column-form.ts";
import type { CallUse, TableUse } from "./table-use.ts";

/** A right that may be on columns alone. */
export type ColumnRight = "select" | "insert" | "update";

/** A column as a database has it. */
export type FoundColumn = {
  /** As `format_type` writes it. */
  readonly type: string;
  /** The type that it is over, where it is a domain. */
  readonly base?: string | undefined;
  /** Whether an insert that gives it no value is refused. */
  readonly required: boolean;
  /** Whether no statement may give it a value: it is generated, or an identity `always`. */
  readonly computed: boolean;
  readonly lacks: readonly ColumnRight[];
  /** The sequence of its default, as SQL, where the role may not use it. */
  readonly closedSequence?: string | undefined;
};

/** A table as a database has it; `quoted` is its name as SQL. */
export type FoundTable = {
  readonly quoted: string;
  readonly columns: ReadonlyMap<string, FoundColumn>;
  /** Whether a BEFORE INSERT trigger may give values to columns. */
  readonly triggered: boolean;
  readonly mayDelete: boolean;
  /** The schema, as SQL, where its USAGE is lacking. */
  readonly closedSchema?: string | undefined;
};

/** What a database has of what a release uses. `role` is SQL. */
export type Found = {
  readonly role: string;
  readonly tables: ReadonlyMap<string, FoundTable>;
  readonly enums: ReadonlyMap<string, readonly string[]>;
};

/** Why a call cannot be served. `object` is what it is about: `tasks`, `tasks.title`. */
export type Mismatch = { readonly call: string; readonly object: string; readonly message: string };

/**
 * What a database lacks, or has in a form that the release cannot work with, for each call that uses it. What is
 * stricter or wider in a way that the call can serve is no mismatch.
 */
export const schemaMismatches = (
  uses: readonly CallUse[],
  schema: DeclaredSchema,
  found: Found,
): Mismatch[] =>
  uses.flatMap(({ call, tables }) =>
    tables
      .flatMap((use) => [...ofTable(use, schema, found)])
      .map(({ object, message }) => ({ call, object, message })),
  );

type Finding = Omit<Mismatch, "call">;

function* ofTable(use: TableUse, schema: DeclaredSchema, found: Found): Generator<Finding> {
  const { table: name } = use;
  const table = found.tables.get(name);
  if (table === undefined) {
    yield { object: name, message: `The table \`${name}\` does not exist.` };
    return;
  }
  const declared = schema.tables[name]?.columns ?? {};
  const written = new Set([...(use.inserts?.given ?? []), ...(use.updates ?? [])]);
  for (const column of new Set([...use.reads, ...written])) {
    const message = ofColumn(
      `${name}.${column}`,
      declared[column],
      table.columns.get(column),
      written.has(column),
    );
    if (message !== undefined) yield { object: `${name}.${column}`, message };
    yield* ofEnum(declared[column]?.type, schema, found);
  }
  if (use.inserts !== undefined) yield* unfilled(use.inserts.byAll, name, declared, table);
  yield* rights(use, table, found.role);
}

function ofColumn(
  name: string,
  declared: DeclaredColumn | undefined,
  found: FoundColumn | undefined,
  isWritten: boolean,
): string | undefined {
  if (found === undefined) return `The column \`${name}\` does not exist.`;
  if (
    declared !== undefined &&
    ![found.type, found.base].some((type) => type !== undefined && isServed(declared.type, type))
  )
    return `The column \`${name}\` is \`${found.type}\`, not \`${declared.type}\`.`;
  if (isWritten && found.computed) return `The column \`${name}\` is generated, so no value can be written.`;
  return undefined;
}

function* ofEnum(type: string | undefined, schema: DeclaredSchema, found: Found): Generator<Finding> {
  const name = type?.replaceAll('"', "").replace(/(?:\[\])+$/, "") ?? "";
  if (!Object.hasOwn(schema.enums, name)) return;
  const labels = found.enums.get(name);
  if (labels === undefined) yield { object: name, message: `The enum \`${name}\` does not exist.` };
  else
    for (const label of schema.enums[name] ?? [])
      if (!labels.includes(label))
        yield { object: name, message: `The enum \`${name}\` has no value \`${label}\`.` };
}

/** What must have a value, and is given none by a rule of insert: that an insert leaves out another is told to its caller. */
function* unfilled(
  given: ReadonlySet<string>,
  table: string,
  declared: Readonly<Record<string, DeclaredColumn>>,
  found: FoundTable,
): Generator<Finding> {
  if (found.triggered) return;
  for (const [column, { required }] of found.columns) {
    if (!required || given.has(column) || isRequired(declared[column])) continue;
    const object = `${table}.${column}`;
    yield {
      object,
      message: `The column \`${object}\` is NOT NULL without a default, and not every insert can give it a value.`,
    };
  }
}

const isRequired = (column: DeclaredColumn | undefined): boolean =>
  column !== undefined && !column.nullable && column.default === undefined && column.identity === undefined;

function* rights(use: TableUse, table: FoundTable, role: string): Generator<Finding> {
  const { table: object } = use;
  if (table.closedSchema !== undefined)
    yield {
      object,
      message: `The role lacks USAGE on the schema of \`${object}\`: grant usage on schema ${table.closedSchema} to ${role}`,
    };
  const needed = [
    ["select", use.reads],
    ["insert", use.inserts?.given ?? []],
    ["update", use.updates ?? []],
  ] as const;
  for (const [right, columns] of needed) {
    const lacking = [...columns].filter((column) => table.columns.get(column)?.lacks.includes(right));
    if (lacking.length > 0)
      yield {
        object,
        message: `The role lacks ${right.toUpperCase()} on \`${object}\` (${lacking.join(", ")}): grant ${right} on ${table.quoted} to ${role}`,
      };
  }
  for (const [column, { closedSequence }] of use.inserts === undefined ? [] : table.columns)
    if (closedSequence !== undefined && use.inserts?.given.has(column) !== true)
      yield {
        object,
        message: `The role lacks USAGE on the sequence of \`${object}.${column}\`: grant usage on sequence ${closedSequence} to ${role}`,
      };
  if (use.deletes === true && !table.mayDelete)
    yield {
      object,
      message: `The role lacks DELETE on \`${object}\`: grant delete on ${table.quoted} to ${role}`,
    };
}
