import type { Diagnostic } from "../../core/diagnostic.ts";
import { suggest } from "../../core/suggest.ts";
import { problem } from "../../project/problem.ts";
import type { ConnectionCatalog, Table } from "../catalog.ts";
import { builtInTypes, isBuiltIn, isTypeText, readType } from "../column-type.ts";
import type { Context } from "../context.ts";
import { isBareWord } from "../declare-column.ts";
import { isKnownType } from "../known-type.ts";
import { valueProblem } from "../value.ts";

/** Every column has a type that is there and a default that fits it. */
export const checkColumns = ({ catalog }: Context): Diagnostic[] =>
  [...catalog.values()].flatMap((connection) => [
    ...enumNamedLikeType(connection),
    ...[...connection.tables.values()].flatMap((table) =>
      Object.keys(table.declaration.columns).flatMap((name) => checkColumn(table, name, connection)),
    ),
  ]);

function checkColumn(table: Table, name: string, connection: ConnectionCatalog): Diagnostic[] {
  const column = table.columns.get(name)?.declaration;
  if (column === undefined) return [];
  const path = ["columns", name];
  const unknown = unknownType(column.type, connection);
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

/** Why a type's text names no type of the connection, as a hint; undefined where it does. */
export function unknownType(text: string, connection: ConnectionCatalog | undefined): string | undefined {
  const type = readType(text);
  const enums = [...(connection?.enums.keys() ?? [])];
  const isKnown = connection === undefined ? isBuiltIn(type) : isKnownType(text, connection);
  if (isTypeText(text) && isKnown) return undefined;
  return (
    suggest(type.name, [...enums, ...builtInTypes]) ?? "Name a Postgres type, or an enum of this connection."
  );
}

const enumNamedLikeType = ({ enums }: ConnectionCatalog): Diagnostic[] =>
  [...enums]
    .filter(([name]) => isBuiltIn(readType(name)))
    .map(([name, { at }]) =>
      problem(at, "reserved_name", `\`${name}\` is a type of Postgres.`, "Give the enum another name."),
    );
