import type { ColumnDeclaration } from "../../../schema/columns.ts";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { suggest } from "../../core/suggest.ts";
import { kindOf } from "../../database/kinds/kinds.ts";
import { problem } from "../../project/problem.ts";
import type { ConnectionCatalog, Table } from "../catalog.ts";
import { isBuiltIn, readType } from "../column-type.ts";
import type { Context } from "../context.ts";
import { isBareWord } from "../declare-column.ts";
import { misspeltType } from "../known-type.ts";
import { valueProblem } from "../value.ts";

/** Every column has a type that is there and a default that fits it. */
export const checkColumns = ({ catalog }: Context): Diagnostic[] =>
  [...catalog.values()].flatMap((connection) => [
    ...namedLikeType(connection),
    ...[...connection.tables.values()].flatMap((table) =>
      Object.keys(table.declaration.columns).flatMap((name) => checkColumn(table, name, connection)),
    ),
  ]);

function checkColumn(table: Table, name: string, connection: ConnectionCatalog): Diagnostic[] {
  const column = table.columns.get(name)?.declaration;
  if (column === undefined) return [];
  const path = ["columns", name];
  const unknown = misspeltType(column.type, connection);
  if (unknown !== undefined)
    return [
      problem(table.at([...path, "type"]), "unknown_type", `There is no type \`${column.type}\`.`, unknown),
    ];
  const found: Diagnostic[] = [];
  if (column.primaryKey === true && column.nullable === true)
    found.push(
      problem(
        table.at([...path, "nullable"]),
        "nullable_key",
        "A primary key cannot be null.",
        "Leave nullable out.",
      ),
    );
  found.push(...contradictions(table, name, column));
  const value = column.default;
  const at = table.at([...path, "default"]);
  const type = readType(column.type);
  const values = type.array ? undefined : connection.enums.get(type.name)?.values;
  if (typeof value === "string" && values !== undefined) {
    if (isBareWord(value) && !values.includes(value))
      found.push(
        problem(
          at,
          "invalid_default",
          `\`${value}\` is not a value of \`${type.name}\`.`,
          suggest(value, values) ?? `There are ${values.join(", ")}.`,
        ),
      );
  } else if (typeof value === "string" && isBareWord(value)) {
    const message = `The default \`${value}\` is read as SQL, where it would name a column.`;
    found.push(problem(at, "bare_default", message, `For the text itself write { value: ${value} }.`));
  } else if (
    value !== undefined &&
    typeof value !== "string" &&
    !(typeof value === "object" && "sql" in value)
  ) {
    const wrong = valueProblem(typeof value === "object" ? value.value : value, type, connection);
    if (wrong !== undefined) found.push(problem(at, "invalid_default", wrong.message, wrong.hint));
  }
  return found;
}

/** A column's value comes from one place, and an identity always has one. */
function contradictions(table: Table, name: string, column: ColumnDeclaration): Diagnostic[] {
  const { identity, generated } = column;
  const source = generated === undefined ? "an identity" : "generated";
  const others = [
    ...(identity !== undefined && generated !== undefined ? ["identity" as const] : []),
    ...(column.default !== undefined ? ["default" as const] : []),
    ...(column.backfill !== undefined ? ["backfill" as const] : []),
  ];
  if (identity === undefined && generated === undefined) return [];
  const twice = others.map((key) =>
    problem(
      table.at(["columns", name, key], "key"),
      "contradictory_column",
      `\`${name}\` is ${source}, so it takes no value from \`${key}\`.`,
      `Keep one of the two.`,
    ),
  );
  if (identity === undefined || column.nullable !== true) return twice;
  const message = `\`${name}\` is an identity, which is never null.`;
  return [
    ...twice,
    problem(table.at(["columns", name, "nullable"]), "contradictory_column", message, "Leave nullable out."),
  ];
}

const namedLikeType = ({ enums, objects }: ConnectionCatalog): Diagnostic[] =>
  [
    ...[...enums].map(([name, { at }]) => ({ word: "enum", name, at })),
    ...objects.flatMap(({ object: { kind, name }, at }) =>
      kind === "domain" || kind === "composite" ? [{ word: kindOf(kind).word, name, at }] : [],
    ),
  ]
    .filter(({ name }) => isBuiltIn(readType(name)))
    .map(({ word, name, at }) =>
      problem(at, "reserved_name", `\`${name}\` is a type of Postgres.`, `Give the ${word} another name.`),
    );
