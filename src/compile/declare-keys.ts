import type { ColumnDeclaration } from "../../schema/columns.ts";
import type {
  DeclaredForeignKey,
  DeclaredIndex,
  DeclaredKey,
  DeclaredKeyRename,
  DeclaredTable,
} from "../../schema/declared.ts";
import { problem } from "../project/problem.ts";
import type { Path } from "../project/project.ts";
import { columnsOfIndex, declareIndex, namingParts } from "./declare-index.ts";
import { declareExclusion } from "./exclusions.ts";
import { type DeclaredReference, referencesOf } from "./foreign-keys.ts";
import { checkOf, type KeyDeclaration, keyOf } from "./key-columns.ts";
import type { TableScope } from "./table-scope.ts";
import { namer } from "./taken-names.ts";

/** The keys, checks and indexes of a table. */
type DeclaredKeys = Pick<DeclaredTable, "primaryKey" | KeyLists>;
type KeyLists = "uniques" | "checks" | "exclusions" | "foreignKeys" | "indexes";

/**
 * Normalises what a table declares beside its columns and with them, of which `columns` are those that are to be
 * made: what names another is left out.
 */
export function declareKeys(
  scope: TableScope,
  columns: readonly (readonly [string, ColumnDeclaration])[],
  primary: KeyDeclaration & { path: Path },
): { keys: DeclaredKeys; renames: DeclaredKeyRename[] } {
  const { table, catalog } = scope;
  const { declaration } = table;
  const present = new Set(columns.map(([name]) => name));
  const hasAll = (...lists: (readonly string[] | undefined)[]): boolean =>
    lists.every((names = []) => names.every((name) => present.has(name)));
  const { name, renames } = renaming(scope);

  const keys: DeclaredKeys = {
    ...(primary.columns.length > 0 && hasAll(primary.columns, primary.include)
      ? {
          primaryKey: declareKey(
            primary,
            name({ kind: "primaryKey", label: "pkey", ...primary, columns: [] }),
          ),
        }
      : {}),
    uniques: [
      ...columns
        .filter(([, { unique }]) => unique === true)
        .map(([column]) => ({ columns: [column], path: ["columns", column, "unique"] })),
      ...(declaration.unique ?? []).map((one, index) => ({ ...keyOf(one), path: ["unique", index] })),
    ].flatMap((unique: KeyDeclaration & { path: Path }): DeclaredKey[] =>
      hasAll(unique.columns, unique.include)
        ? [
            declareKey(
              unique,
              name({ kind: "unique", label: "key", ...unique, columns: namingParts(unique) }),
            ),
          ]
        : [],
    ),
    checks: [
      ...columns.flatMap(([column, { check }]) =>
        check === undefined
          ? []
          : [
              {
                name: name({
                  kind: "check",
                  columns: [column],
                  label: "check",
                  path: ["columns", column, "check"],
                }),
                expression: check,
              },
            ],
      ),
      ...Object.entries(declaration.checks ?? {}).map(([given, written]) => {
        const { expression, noInherit, renamedFrom } = checkOf(written);
        const path = ["checks", given];
        return {
          name: name({ kind: "check", columns: [], label: "check", path, name: given, renamedFrom }),
          expression,
          ...(noInherit === true ? { noInherit } : {}),
        };
      }),
    ],
    foreignKeys: referencesOf(table).flatMap((reference): DeclaredForeignKey[] => {
      const { path, columns: own, references, name: given, renamedFrom, ...rest } = reference;
      const target = catalog.tables.get(reference.table);
      const there = target && references.every((column) => target.columns.get(column)?.declaration);
      if (!there || !hasAll(own) || own.length !== references.length || !setsItsOwn(reference)) return [];
      const chosen = name({
        kind: "foreignKey",
        columns: own,
        label: "fkey",
        path,
        name: given,
        renamedFrom,
      });
      return [{ ...rest, name: chosen, columns: [...own], references: [...references] }];
    }),
    indexes: (declaration.indexes ?? []).flatMap((index, position): DeclaredIndex[] => {
      if (!hasAll(columnsOfIndex(index))) return [];
      const path = ["indexes", position];
      const chosen = name({ ...index, kind: "index", columns: namingParts(index), label: "idx", path });
      return [declareIndex(chosen, index)];
    }),
  };
  const exclusions = (declaration.exclusions ?? []).flatMap((exclusion, position) => {
    if (!hasAll(columnsOfIndex({ ...exclusion, columns: exclusion.elements }))) return [];
    const path = ["exclusions", position];
    const parts = namingParts({ ...exclusion, columns: exclusion.elements });
    const chosen = name({ ...exclusion, kind: "exclusion", columns: parts, label: "excl", path });
    return [{ name: chosen, definition: declareExclusion(exclusion) }];
  });
  return { keys: { ...keys, ...(exclusions.length === 0 ? {} : { exclusions }) }, renames: renames() };
}

/** Whether the columns that a foreign key sets are its own, and it sets any. */
const setsItsOwn = ({ columns, onDelete, setColumns }: DeclaredReference): boolean =>
  setColumns === undefined ||
  (onDelete.startsWith("set ") && setColumns.every((column) => columns.includes(column)));

const declareKey = (
  { columns, include, nullsNotDistinct, deferrable }: KeyDeclaration,
  name: string,
): DeclaredKey => ({
  name,
  columns: [...columns],
  ...(include === undefined ? {} : { include: [...include] }),
  ...(nullsNotDistinct === true ? { nullsNotDistinct } : {}),
  ...(deferrable === undefined ? {} : { deferrable }),
});

type Named = Omit<Parameters<ReturnType<typeof namer>>[0], "given"> & {
  name?: string | undefined;
  renamedFrom?: string | undefined;
};

/** Gives names, and remembers which of them are declared as new; a rename that cannot be is reported. */
function renaming(scope: TableScope): { name(one: Named): string; renames(): DeclaredKeyRename[] } {
  const { table, diagnostics } = scope;
  const nameOf = namer(scope);
  const named = { constraint: new Set<string>(), index: new Set<string>() };
  const noted: (DeclaredKeyRename & { path: Path })[] = [];
  return {
    name({ name: given, renamedFrom: from, ...rest }) {
      const kind = rest.kind === "index" ? "index" : "constraint";
      const to = nameOf({ ...rest, given });
      named[kind].add(to);
      if (from !== undefined)
        noted.push({ kind, table: table.name, from, to, path: [...rest.path, "renamedFrom"] });
      return to;
    },
    renames: () =>
      noted.flatMap(({ path, ...rename }, index) => {
        const { kind, from, to } = rename;
        const first = noted.findIndex((other) => other.kind === kind && other.from === from);
        const at = table.at(path);
        if (named[kind].has(from)) {
          const message = `\`${to}\` is renamed from \`${from}\`, which is still declared.`;
          diagnostics.push(
            problem(at, "renamed_still_declared", message, "Take away renamedFrom, or the other."),
          );
        } else if (first < index) {
          const message = `\`${from}\` has become something else already.`;
          diagnostics.push(problem(at, "duplicate_rename", message, `It is \`${noted[first]?.to}\` now.`));
        } else return [rename];
        return [];
      }),
  };
}
