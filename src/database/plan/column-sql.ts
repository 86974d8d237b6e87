import type { Change } from "../diff/change.ts";
import { conversion, enumValuesOf } from "../diff/type-change.ts";
import { quoteIdentifier as quote, quoteName } from "../identifier.ts";
import type { Column, Table } from "../model/model.ts";
import { tableClauses } from "../storage-parameters.ts";

/** CREATE TABLE with all of a table but its foreign keys, its indexes and what only ALTER TABLE sets. */
export function createTable(name: string, table: Table): string {
  const lines = [
    ...[...table.columns].map(([column, definition]) => columnSql(column, definition)),
    ...[...table.constraints]
      .filter(([, { kind }]) => kind !== "foreignKey")
      .map(([constraint, { definition }]) => `constraint ${quote(constraint)} ${definition}`),
  ];
  const create = `create ${table.unlogged === true ? "unlogged " : ""}table ${quoteName(name)}`;
  return `${create} (\n${lines.map((line) => `  ${line}`).join(",\n")}\n)${tableClauses(table)}`;
}

const serials = new Map([
  ["smallint", "smallserial"],
  ["integer", "serial"],
  ["bigint", "bigserial"],
]);

/** A column as CREATE TABLE and ADD COLUMN take it. */
export function columnSql(name: string, column: Column): string {
  const type = column.serial ? (serials.get(column.type) ?? column.type) : column.type;
  return [
    quote(name),
    type,
    ...(column.collation === undefined ? [] : [`collate ${column.collation}`]),
    ...(column.nullable ? [] : ["not null"]),
    ...valueSql(column),
  ].join(" ");
}

function valueSql({ identity, identityOptions, generated, default: value }: Column): string[] {
  if (identity !== undefined) return [identitySql({ identity, identityOptions })];
  if (value === undefined) return [];
  return generated === undefined ? [`default ${value}`] : [`generated always as (${value}) ${generated}`];
}

/** What makes an identity of a column, and how it counts. */
export const identitySql = ({
  identity,
  identityOptions,
}: {
  identity?: Column["identity"] | undefined;
  identityOptions?: string | undefined;
}): string =>
  `generated ${identity} as identity${identityOptions === undefined ? "" : ` (${identityOptions})`}`;

/** The default goes along in one statement: the old one need not convert, and the table is written once. */
export function typeActions(
  { column, from, to }: Extract<Change, { kind: "changeType" }>,
  enums: ReadonlyMap<string, readonly string[]>,
): string[] {
  const alter = `alter column ${quote(column)}`;
  const collation = to.collation === undefined ? "" : ` collate ${to.collation}`;
  const using = conversion({ column, from, to, values: enumValuesOf(to.type, enums) });
  const isComputed = to.generated !== undefined;
  const dropsDefault = !isComputed && (from.default !== undefined || (from.serial && !to.serial));
  const type = `${alter} type ${to.type}${collation}`;
  return [
    ...(dropsDefault ? [`${alter} drop default`] : []),
    isComputed ? type : `${type} using ${using}`,
    ...(!isComputed && to.default !== undefined ? [`${alter} set default ${to.default}`] : []),
  ];
}
