import type { DeclaredRename, DeclaredTransition, ObjectKind } from "../../../schema/declared.ts";
import type { Model } from "../model/model.ts";
import { yamlName } from "../yaml-name.ts";
import type { Blocked } from "./change.ts";
import { type PendingKeyRenames, pendingKeyRenames } from "./key-renames.ts";
import { namesake } from "./namesake.ts";

/** What of a declared transition is yet to be made in one database. */
export type PendingTransition = {
  /** As declared: the table of a column and the enum of a value have their new names. */
  renames: readonly DeclaredRename[];
  /** Renames that cannot be made. */
  blocked: readonly Blocked[];
  /** The name that a declared table or enum has in the database. */
  liveName(kind: "table" | "enum", declared: string): string;
  /** The name that a table of the database is declared by, whether or not it is. */
  declaredTable(live: string): string;
  /** What is declared of something that is in the database and not in the declaration. Names are the database's. */
  fateOf(kind: "table" | "enum" | Removable, name: string): Fate;
  fateOfColumn(table: string, name: string): Fate;
  fateOfValue(enumName: string, value: string): Fate;
  /** Whether a constraint of a declared table may stay without a look at the rows. */
  staysUnvalidated(table: string, name: string): boolean;
} & Pick<PendingKeyRenames, "oldNameOf">;

/** What `removed:` may name beside tables and enums. */
type Removable = Exclude<ObjectKind, "trigger" | "policy">;

/** `settled`: what is wrong with it has been said. */
export type Fate = "removed" | "settled" | undefined;

const nothing: DeclaredTransition = { renames: [], removals: [] };

/**
 * Compares what is declared with what is there: a rename whose old name is gone was made before, and one whose new
 * name is taken cannot be made.
 */
export function pendingTransition(
  live: Model,
  { renames, removals, keyRenames = [], unvalidated = [] }: DeclaredTransition = nothing,
): PendingTransition {
  const pending: DeclaredRename[] = [];
  const blocked: Blocked[] = [];
  const fates = new Map<string, Fate>();
  const liveName = (kind: "table" | "enum", declared: string): string =>
    pending.find((rename) => rename.kind === kind && rename.to === declared)?.from ?? declared;

  // Tables and enums come first, since where a column is to be looked for depends on them.
  const whole = renames.filter(({ kind }) => kind === "table" || kind === "enum");
  for (const rename of [...whole, ...renames.filter((one) => !whole.includes(one))]) {
    const { there, scope } = namesBeside(rename, live, liveName);
    if (!there.has(rename.from)) continue;
    const other = there.has(rename.to) ? undefined : obstacle(rename, live);
    if (!there.has(rename.to) && other === undefined) pending.push(rename);
    else {
      blocked.push(conflict(rename, other));
      fates.set(keyOf(scope, rename.from), "settled");
    }
  }
  for (const removal of removals) {
    const scope =
      removal.kind === "column"
        ? ["table", liveName("table", removal.table)]
        : removal.kind === "enumValue"
          ? ["enum", liveName("enum", removal.enum)]
          : ["public", removal.kind];
    fates.set(keyOf(scope, removal.name), "removed");
  }
  const keys = pendingKeyRenames(live, keyRenames, (table) => liveName("table", table));
  return {
    renames: pending,
    staysUnvalidated: (table, name) => unvalidated.some((one) => one.table === table && one.name === name),
    blocked: [...blocked, ...keys.blocked],
    oldNameOf: keys.oldNameOf,
    liveName,
    declaredTable: (name) => pending.find(({ kind, from }) => kind === "table" && from === name)?.to ?? name,
    fateOf: (kind, name) => fates.get(keyOf(["public", kind], name)),
    fateOfColumn: (table, name) => fates.get(keyOf(["table", table], name)),
    fateOfValue: (enumName, value) => fates.get(keyOf(["enum", enumName], value)),
  };
}

const keyOf = (scope: readonly string[], name: string): string => JSON.stringify([...scope, name]);

/** The names of the kind that are in the database, and within what. */
function namesBeside(
  rename: DeclaredRename,
  live: Model,
  liveName: PendingTransition["liveName"],
): { there: { has(name: string): boolean }; scope: readonly string[] } {
  switch (rename.kind) {
    case "table":
      return { there: live.tables, scope: ["public", "table"] };
    case "enum":
      return { there: live.enums, scope: ["public", "enum"] };
    case "column": {
      const table = liveName("table", rename.table);
      return { there: live.tables.get(table)?.columns ?? new Set(), scope: ["table", table] };
    }
    case "enumValue": {
      const name = liveName("enum", rename.enum);
      return { there: new Set(live.enums.get(name)), scope: ["enum", name] };
    }
  }
}

/** What else has the new name: a table makes a type of its name, so tables and types exclude each other. */
function obstacle({ kind, to }: DeclaredRename, live: Model): string | undefined {
  if (kind === "column" || kind === "enumValue") return undefined;
  if (live.tables.has(to)) return "table";
  if (live.enums.has(to)) return "enum";
  return namesake(live, to, ["view", "materializedView", "sequence", "composite", "domain"]);
}

function conflict(rename: DeclaredRename, other: string | undefined): Blocked {
  const { from, to, kind } = rename;
  const keepBoth = `Take renamedFrom: ${yamlName(from)} away`;
  if (other !== undefined)
    return {
      code: "name_taken",
      object: to,
      message: `The ${kind} ${from} is to be renamed to ${to}, and the database has a ${other} of that name.`,
      wayOut: `Rename the one or the other.`,
    };
  switch (kind) {
    case "table":
    case "enum":
      return {
        code: "rename_conflict",
        object: to,
        message: `The ${kind} ${to} is declared as renamed from ${from}, and the database has both.`,
        wayOut: `${keepBoth}, and ${from} is left alone; to drop it, declare that: removed: { ${kind}s: [${yamlName(from)}] }. What only ${from} holds, move yourself before.`,
      };
    case "column": {
      const { table } = rename;
      return {
        code: "rename_conflict",
        object: `${table}.${to}`,
        message: `The column ${to} of ${table} is declared as renamed from ${from}, and the database has both.`,
        wayOut: `${keepBoth}, and declare ${from} too; or, to drop it, declare that: removed: { columns: { ${yamlName(table)}: [${yamlName(from)}] } }. What only ${from} holds, move yourself before.`,
      };
    }
    case "enumValue":
      return {
        code: "rename_conflict",
        object: `${rename.enum}.${to}`,
        message: `The value ${to} of the enum ${rename.enum} is declared as renamed from ${from}, and the database has both.`,
        wayOut: `${keepBoth}, and declare ${yamlName(from)} too: Postgres cannot take a value from an enum.`,
      };
  }
}
