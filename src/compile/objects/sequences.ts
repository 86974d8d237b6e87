import { quoteIdentifier, quoteName } from "../../database/identifier.ts";
import { sequenceClauses } from "../sequence-clauses.ts";
import type { DeclareObjects, PlacedObject } from "./placed-object.ts";

/** Sequences (PostgreSQL documentation, CREATE SEQUENCE). One is given to its column when that is there. */
export const declareSequences: DeclareObjects = ({ schema }) =>
  Object.entries(schema.value.sequences ?? {}).flatMap(([name, declared]): PlacedObject[] => {
    const { type, ownedBy } = declared;
    const clauses = [...(type === undefined ? [] : [`as ${type}`]), ...sequenceClauses(declared)];
    const made = [`create sequence ${quoteName(name)}`, ...clauses].join(" ");
    const path = ["sequences", name];
    return [
      { object: { kind: "sequence", name, sql: [made] }, at: schema.at(path, "key") },
      ...(ownedBy === undefined
        ? []
        : [
            {
              object: {
                kind: "sequence" as const,
                name,
                sql: [`alter sequence ${quoteName(name)} owned by ${columnOf(ownedBy)}`],
              },
              at: schema.at([...path, "ownedBy"]),
            },
          ]),
    ];
  });

/** `SCHEMA.TABLE.COLUMN`, quoted. */
const columnOf = (column: string): string => {
  const dot = column.lastIndexOf(".");
  return `${quoteName(column.slice(0, dot))}.${quoteIdentifier(column.slice(dot + 1))}`;
};
