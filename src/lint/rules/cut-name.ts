import type { DeclaredTable } from "../../../schema/declared.ts";
import { constraintName } from "../../compile/constraint-name.ts";
import { splitName } from "../../database/identifier.ts";
import type { Table } from "../../database/model/model.ts";
import type { DeclaredObject } from "../../database/shadow/render.ts";
import type { Rule } from "../rule.ts";
import { columnOfKey } from "../table-parts.ts";

/** What Postgres keeps of a name (NAMEDATALEN - 1). */
const longest = 63;

const bytes = (text: string): number => Buffer.byteLength(text);

type Derived = { kind: DeclaredObject["kind"]; name: string; columns: readonly string[]; label: string };

/** What may be named after the table and its columns. */
const derivedOf = (declared: DeclaredTable, table: Table | undefined): Derived[] => [
  ...(declared.primaryKey === undefined
    ? []
    : [{ kind: "primaryKey" as const, name: declared.primaryKey.name, columns: [], label: "pkey" }]),
  ...declared.uniques.map(({ name, columns }) => ({ kind: "unique" as const, name, columns, label: "key" })),
  ...declared.foreignKeys.map(({ name, columns }) => ({
    kind: "foreignKey" as const,
    name,
    columns,
    label: "fkey",
  })),
  ...[...(table?.constraints ?? [])].flatMap(([name, { kind, columns }]) =>
    kind === "check" ? [{ kind, name, columns, label: "check" }] : [],
  ),
  ...[...(table?.indexes ?? [])].map(([name, { keys }]) => ({
    kind: "index" as const,
    name,
    columns: keys.map((key) => columnOfKey(key) ?? key),
    label: "idx",
  })),
];

/** A name that Postgres cuts off at 63 bytes. */
export const cutName: Rule = {
  code: "cut_name",
  severity: "error",
  finds: "a name that Postgres cuts off at 63 bytes",
  why: "Whoever looks for it by its whole name does not find it, and two such names may become one.",
  wayOut: "Give it a shorter name, with name: where it is a key or an index.",
  check: ({ declared, model }) => [
    ...Object.entries(declared.tables).flatMap(([table, own]) =>
      derivedOf(own, model.tables.get(table)).flatMap(({ kind, name, columns, label }) => {
        const { local } = splitName(table);
        const whole = [local, ...columns, label].join("_");
        const isCut = bytes(whole) > longest && name === constraintName(local, columns.join("_"), label);
        return isCut
          ? [
              {
                of: { kind, table, name },
                message: `${whole} has ${bytes(whole)} bytes and is called ${name}.`,
              },
            ]
          : [];
      }),
    ),
    ...[...model.tables].flatMap(([table, { columns }]) =>
      [...columns].flatMap(([name, { serial, identity }]) => {
        const whole = `${splitName(table).local}_${name}_seq`;
        return (serial || identity !== undefined) && bytes(whole) > longest
          ? [
              {
                of: { kind: "column" as const, table, name },
                message: `Its sequence would be ${whole}, of ${bytes(whole)} bytes.`,
              },
            ]
          : [];
      }),
    ),
    ...(declared.objects ?? []).flatMap(({ sql, ...of }) =>
      of.kind !== "comment" && of.table !== undefined && bytes(of.name) > longest
        ? [{ of, message: `The name ${of.name} has ${bytes(of.name)} bytes.` }]
        : [],
    ),
  ],
};
