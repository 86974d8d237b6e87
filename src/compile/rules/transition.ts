import type { DeclaredRemoval, DeclaredRename } from "../../../schema/declared.ts";
import type { Diagnostic, Location } from "../../core/diagnostic.ts";
import { suggest } from "../../core/suggest.ts";
import { quoteName, splitName } from "../../database/identifier.ts";
import { problem } from "../../project/problem.ts";
import type { ConnectionCatalog } from "../catalog.ts";
import type { Context } from "../context.ts";
import type { Placed } from "../transition.ts";

/** What is renamed or removed has gone from the declaration, and is one of the two, once. */
export const checkTransition = ({ catalog }: Context): Diagnostic[] =>
  [...catalog.values()].flatMap((connection) => {
    const seen = new Map<string, Location>();
    return [
      ...connection.renames.flatMap((rename) => checkRename(rename, connection, seen)),
      ...connection.removals.flatMap((removal) => checkRemoval(removal, connection, seen)),
    ];
  });

function checkRename(
  rename: Placed<DeclaredRename>,
  connection: ConnectionCatalog,
  seen: Map<string, Location>,
): Diagnostic[] {
  const { at, from, to } = rename;
  const scope = scopeOf(rename);
  if (scope.length === 0 && splitName(from).schema !== splitName(to).schema)
    return [
      problem(
        at,
        "renamed_across_schemas",
        `\`${to}\` is renamed from \`${from}\`, which is in another schema.`,
        `Move it yourself first: alter ${rename.kind === "enum" ? "type" : "table"} ${quoteName(from)} set schema ${quoteName(splitName(to).schema)}`,
      ),
    ];
  if (isDeclared(connection, scope, from))
    return [
      problem(
        at,
        "renamed_still_declared",
        from === to
          ? `\`${to}\` is renamed from its own name.`
          : `\`${to}\` is renamed from \`${from}\`, which is still declared.`,
        `Take away renamedFrom${from === to ? "" : `, or the declaration of \`${from}\``}.`,
      ),
    ];
  const first = noted(seen, scope, from, at);
  if (first === undefined) return [];
  const message = `\`${from}\` has become something else already.`;
  return [
    problem(at, "duplicate_rename", message, `The first renamedFrom is at ${first.file}:${first.line}.`),
  ];
}

function checkRemoval(
  removal: Placed<DeclaredRemoval>,
  connection: ConnectionCatalog,
  seen: Map<string, Location>,
): Diagnostic[] {
  const { at, name } = removal;
  const scope = scopeOf(removal);
  if (removal.kind === "column" && !connection.tables.has(removal.table)) {
    const { table } = removal;
    const hint =
      suggest(table, connection.tables.keys()) ??
      `With the whole table its columns go: removed: { tables: [${table}] }`;
    return [problem(at, "unknown_table", `There is no table \`${table}\` to remove a column of.`, hint)];
  }
  if (removal.kind === "enumValue" && !connection.enums.has(removal.enum))
    return [
      problem(
        at,
        "unknown_enum",
        `There is no enum \`${removal.enum}\` to remove a value of.`,
        suggest(removal.enum, connection.enums.keys()) ??
          `With the whole enum its values go: removed: { enums: [${removal.enum}] }`,
      ),
    ];
  if (isDeclared(connection, scope, name))
    return [
      problem(
        at,
        "removed_still_declared",
        `\`${name}\` is listed as removed and still declared.`,
        "Take away the one or the other.",
      ),
    ];
  const first = noted(seen, scope, name, at);
  if (first === undefined) return [];
  const message = `\`${name}\` is renamed or removed elsewhere already.`;
  return [problem(at, "duplicate_removal", message, `The first is at ${first.file}:${first.line}.`)];
}

/** Within what a name is the only one of its kind: tables and enums share the connection's names. */
function scopeOf(one: DeclaredRename | DeclaredRemoval): readonly string[] {
  if (one.kind === "column") return ["table", one.table];
  if (one.kind === "enumValue") return ["enum", one.enum];
  return one.kind === "table" || one.kind === "enum" ? [] : ["object", one.kind];
}

function isDeclared(
  connection: ConnectionCatalog,
  [kind, owner = ""]: readonly string[],
  name: string,
): boolean {
  if (kind === undefined) return connection.tables.has(name) || connection.enums.has(name);
  if (kind === "table") return connection.tables.get(owner)?.columns.has(name) ?? false;
  if (kind === "enum") return connection.enums.get(owner)?.values.includes(name) ?? false;
  return connection.objects.some(({ object }) => object.kind === owner && object.name === name);
}

/** Where the name was noted before; the first to come is noted here. */
function noted(
  seen: Map<string, Location>,
  scope: readonly string[],
  name: string,
  at: Location,
): Location | undefined {
  const key = JSON.stringify([...scope, name]);
  const first = seen.get(key);
  if (first === undefined) seen.set(key, at);
  return first;
}
