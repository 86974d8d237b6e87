import type { ColumnDeclaration } from "../../schema/columns.ts";
import type { DeclaredScope } from "../../schema/declared.ts";
import type { TableDeclaration } from "../../schema/tables.ts";
import type { TriggerDeclaration } from "../../schema/triggers.ts";
import type { Facts, TableFacts } from "../database/snapshot/facts.ts";
import { columnOf, serialOf } from "./columns.ts";
import { constraintOf } from "./constraints.ts";
import { hasKnownMethod, indexOf } from "./indexes.ts";
import { partitionKeyOf, partitionsOf } from "./partitions.ts";
import { rowSecurityOf } from "./row-security.ts";
import { storageOf } from "./storage.ts";
import type { TablePart } from "./table-part.ts";
import { triggerOf } from "./triggers.ts";

/** A table as it would be declared, its keys, checks and indexes apart from the rest, so that each can be compared. */
export type SnapshotTable = {
  columns: Readonly<Record<string, ColumnDeclaration>>;
  parts: readonly TablePart[];
  rest: Omit<TableDeclaration, "columns">;
};

/** The tables of the facts, and the sequences that their columns' types say. */
export function tablesOf(
  facts: Facts,
  { unmanagedPartitions }: Pick<DeclaredScope, "unmanagedPartitions">,
): { tables: Map<string, SnapshotTable>; ownSequences: Set<string> } {
  const ownSequences = new Set<string>();
  const tables = new Map<string, SnapshotTable>();
  for (const table of facts.tables) {
    if (table.parent !== null) continue;
    const parts = partsOf(table, facts);
    const inKey = new Set(parts.flatMap(({ kind, columns }) => (kind === "primaryKey" ? columns : [])));
    const columns = table.columns.map((column): [string, ColumnDeclaration] => {
      const serial = serialOf(table, column, facts.sequences);
      if (serial !== undefined) ownSequences.add(serial.sequence.name);
      return [column.name, columnOf(column, { inKey: inKey.has(column.name), serial: serial?.type })];
    });
    const isUnmanaged = unmanagedPartitions.includes(table.name);
    tables.set(table.name, {
      columns: Object.fromEntries(columns),
      parts,
      rest: restOf(table, facts, isUnmanaged),
    });
  }
  return { tables, ownSequences };
}

function partsOf({ name }: TableFacts, { constraints, indexes }: Facts): TablePart[] {
  const own = constraints.filter(
    ({ table, oddity, index }) =>
      table === name && oddity === null && (index === null || index.oddity === null),
  );
  return [...own.map(constraintOf), ...indexPartsOf(name, indexes)];
}

/** The indexes of a table or a materialized view. */
export const indexPartsOf = (name: string, indexes: Facts["indexes"]): TablePart[] =>
  indexes
    .filter((index) => index.table === name && index.oddity === null && hasKnownMethod(index))
    .map((index) => ({
      kind: "index",
      name: index.name,
      columns: index.parts.flatMap(({ column }) => column ?? []),
      at: ["indexes"],
      value: indexOf(index),
    }));

function restOf(table: TableFacts, facts: Facts, isUnmanaged: boolean): SnapshotTable["rest"] {
  const { name, partitionBy, storage, unlogged, comment } = table;
  const triggers = triggersOf(name, facts);
  const rowSecurity = rowSecurityOf(
    table,
    facts.policies.filter((policy) => policy.table === name),
  );
  const partitions = isUnmanaged ? { managed: false as const } : partitionsOf(name, facts.tables);
  return {
    ...(triggers === undefined ? {} : { triggers }),
    ...(rowSecurity === undefined ? {} : { rowSecurity }),
    ...(partitionBy === null ? {} : { partitionBy: partitionKeyOf(partitionBy) }),
    ...(partitions === undefined ? {} : { partitions }),
    ...storageOf(storage),
    ...(unlogged ? { unlogged } : {}),
    ...(comment === null ? {} : { comment }),
  };
}

/** The triggers of a table or a view. */
export function triggersOf(
  name: string,
  { triggers }: Facts,
): Record<string, TriggerDeclaration> | undefined {
  const own = triggers.filter(({ table }) => table === name);
  return own.length === 0
    ? undefined
    : Object.fromEntries(own.map((trigger) => [trigger.name, triggerOf(trigger)]));
}
