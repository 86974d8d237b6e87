import type { Partitions } from "../../../schema/partitions.ts";
import type { Location } from "../../core/diagnostic.ts";
import { quoteIdentifier as quote, quoteBeside, quoteName } from "../../database/identifier.ts";
import type { DeclaredObject } from "../../database/shadow/render.ts";
import { valueAt } from "../../project/issue.ts";
import type { Path } from "../../project/project.ts";
import type { Table } from "../catalog.ts";
import { commentOn, commentsOf } from "./comments.ts";
import type { PlacedObject } from "./placed-object.ts";

/** A key, a check or an index of a table with the name that it has got, and where it stands. */
export type NamedPart = { object: DeclaredObject; at: Location };

/** Comments on a table and all that is a part of it; `columns` are those that are made. */
export function tableComments(
  table: Table,
  columns: readonly string[],
  named: readonly NamedPart[],
): PlacedObject[] {
  const { declaration, name } = table;
  const { comment, checks = {}, triggers, rowSecurity, partitions } = declaration;
  const own = quoteName(name);
  const present = Object.entries(declaration.columns).filter(([column]) => columns.includes(column));
  const lists = (["unique", "foreignKeys", "exclusions", "indexes"] as const).flatMap((key) =>
    (declaration[key] ?? []).map((_, index): Path => [key, index]),
  );
  const parts: Path[] = [["primaryKey"], ...lists, ...Object.keys(checks).map((check) => ["checks", check])];
  return [
    ...(comment === undefined ? [] : [commentOn(`table ${own}`, comment, table.at(["comment"]))]),
    ...commentsOf(Object.fromEntries(present), ["columns"], (one) => `column ${own}.${quote(one)}`, table),
    ...parts.flatMap((path) => partComment(table, path, named)),
    ...commentsOf(triggers, ["triggers"], (one) => `trigger ${quote(one)} on ${own}`, table),
    ...commentsOf(
      rowSecurity?.policies,
      ["rowSecurity", "policies"],
      (one) => `policy ${quote(one)} on ${own}`,
      table,
    ),
    ...partitionComments(partitions, ["partitions"], table),
  ];
}

/** What has got a name is found by its place. */
function partComment(table: Table, path: Path, named: readonly NamedPart[]): PlacedObject[] {
  const text = valueAt(table.declaration, [...path, "comment"]);
  const { file, line, column } = table.at(path);
  const part = named.find(({ at }) => at.file === file && at.line === line && at.column === column);
  if (typeof text !== "string" || part === undefined) return [];
  const { kind, name } = part.object;
  const target =
    kind === "index"
      ? `index ${quoteBeside(table.name, name)}`
      : `constraint ${quote(name)} on ${quoteName(table.name)}`;
  return [commentOn(target, text, table.at([...path, "comment"]))];
}

function partitionComments(partitions: Partitions | undefined, path: Path, table: Table): PlacedObject[] {
  const declared = Object.entries(partitions ?? {}).flatMap(([name, one]) =>
    typeof one === "object" ? [[name, one] as const] : [],
  );
  return [
    ...commentsOf(Object.fromEntries(declared), path, (name) => `table ${quoteName(name)}`, table),
    ...declared.flatMap(([name, inner]) =>
      partitionComments(inner.partitions, [...path, name, "partitions"], table),
    ),
  ];
}
