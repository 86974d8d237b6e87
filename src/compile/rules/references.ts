import type { Diagnostic } from "../../core/diagnostic.ts";
import { suggest } from "../../core/suggest.ts";
import { problem } from "../../project/problem.ts";
import type { ConnectionCatalog, Table } from "../catalog.ts";
import type { Context } from "../context.ts";
import { type DeclaredReference, keysOf, laterKeysOf, referencesOf } from "../foreign-keys.ts";
import { areComparable } from "../known-type.ts";

/** Foreign keys lead to columns that are there, are of the same types, and are unique together. */
export const checkReferences = ({ catalog }: Context): Diagnostic[] =>
  [...catalog.values()].flatMap((connection) =>
    [...connection.tables.values()].flatMap((table) =>
      referencesOf(table).flatMap((reference) => checkReference(reference, table, connection)),
    ),
  );

function checkReference(
  reference: DeclaredReference,
  table: Table,
  connection: ConnectionCatalog,
): Diagnostic[] {
  const { name, tables } = connection;
  const at = table.at(reference.path);
  const target = tables.get(reference.table);
  if (target === undefined) {
    const hint =
      suggest(reference.table, tables.keys()) ??
      `Connection \`${name}\` has ${[...tables.keys()].join(", ")}.`;
    return [
      problem(
        at,
        "unknown_table",
        `There is no table \`${reference.table}\` in connection \`${name}\`.`,
        hint,
      ),
    ];
  }
  if (reference.columns.length !== reference.references.length) {
    const message = `${count(reference.columns.length)} refer to ${count(reference.references.length)}.`;
    return [problem(at, "reference_length", message, "Name as many columns on both sides.")];
  }
  const absent = reference.references.filter((column) => !target.columns.has(column));
  if (absent.length > 0)
    return absent.map((column) => {
      const hint =
        suggest(column, target.columns.keys()) ?? `There are ${[...target.columns.keys()].join(", ")}.`;
      return problem(at, "unknown_column", `\`${target.name}\` has no column \`${column}\`.`, hint);
    });
  const mismatches = reference.columns.flatMap((column, index) => {
    const from = table.columns.get(column);
    const to = target.columns.get(reference.references[index] ?? "");
    if (!from?.type || !to?.type || areComparable(from.type, to.type, connection)) return [];
    const message = `\`${column}\` is ${from.declaration?.type}, but \`${target.name}.${to.name}\` is ${to.declaration?.type}.`;
    return [problem(at, "reference_type", message, `Make \`${column}\` ${to.declaration?.type}.`)];
  });
  if (mismatches.length > 0) return mismatches;
  const wanted = [...reference.references].sort().join();
  const known = [...target.columns.values()].every(({ declaration }) => declaration !== undefined);
  if (!known || keysOf(target).some((key) => [...key].sort().join() === wanted)) return [];
  const list = reference.references.join(", ");
  if (laterKeysOf(target).some((key) => [...key].sort().join() === wanted))
    return [
      problem(
        at,
        "reference_not_unique",
        `Within a transaction several rows of \`${target.name}\` may have the same ${list}: the key is deferrable.`,
        "Take deferrable away from that key.",
      ),
    ];
  return [
    problem(
      at,
      "reference_not_unique",
      `Several rows of \`${target.name}\` may have the same ${list}.`,
      `Make ${list} its primary key or unique.`,
    ),
  ];
}

const count = (columns: number): string => (columns === 1 ? "1 column" : `${columns} columns`);
