import type { Database } from "../../database.ts";
import type { Change } from "../../diff/change.ts";
import { quoteIdentifier } from "../../identifier.ts";
import { keyOf } from "../../model/catalog-object.ts";
import type { Column, Model } from "../../model/model.ts";
import { attempt } from "../../transaction.ts";
import { columnSql } from "../column-sql.ts";
import { columnsOfDomain } from "../domain-columns.ts";
import { noPartitions, type PartitionTree, readPartitionTree } from "../partition-tree.ts";
import { readTableFacts, type TableFacts } from "../table-facts.ts";
import type { ExpansionContext } from "./expansion.ts";

/** Looks at the live tables that changes are about. */
export async function lookAt(
  database: Database,
  live: Model,
  changes: readonly Change[],
): Promise<Pick<ExpansionContext, "factsOf" | "partitionsOf">> {
  const facts = new Map<string, TableFacts>();
  const partitions = new Map<string, PartitionTree>();
  for (const table of new Set(changes.flatMap((change) => tablesOf(change, live)))) {
    if (!live.tables.has(table) && !live.objects.has(keyOf("materializedView", table))) continue;
    facts.set(table, await readTableFacts(database, table));
    if (live.tables.get(table)?.partitionBy !== undefined)
      partitions.set(table, await readPartitionTree(database, table));
  }
  return {
    factsOf: (table) => facts.get(table),
    partitionsOf: (table) => partitions.get(table) ?? noPartitions,
  };
}

/** A foreign key is compared with the rows of the table that it leads to, a domain with all that are of it. */
function tablesOf(change: Change, live: Model): string[] {
  if (change.kind === "alterObject" && change.from.kind === "materializedView") return [change.from.name];
  if (change.kind === "alterObject" && change.from.kind === "domain")
    return columnsOfDomain(change.from.name, live).map(([table]) => table);
  if (!("table" in change)) return [];
  const other = "constraint" in change ? change.constraint.references?.table : undefined;
  return other === undefined ? [change.table] : [change.table, other];
}

/** A column that is to be added with a default. */
export type ColumnWithDefault = { table: string; column: string; definition: Column };

/** The columns that changes add with a default, which may differ from row to row, to tables that have rows. */
export const columnsWithDefault = (
  changes: readonly Change[],
  factsOf: ExpansionContext["factsOf"],
): ColumnWithDefault[] =>
  changes.flatMap((change) =>
    change.kind === "addColumn" &&
    change.definition.default !== undefined &&
    change.definition.generated === undefined &&
    factsOf(change.table)?.isEmpty === false
      ? [change]
      : [],
  );

/**
 * Which columns write every row of a table when they are added, and do not without their default: measured on a table
 * of one row, in a database that has all that is declared, within a transaction that is rolled back.
 */
export async function rewrittenByDefault(
  database: Database,
  columns: readonly ColumnWithDefault[],
): Promise<ReadonlySet<ColumnWithDefault>> {
  const found = new Set<ColumnWithDefault>();
  for (const one of columns) {
    const { default: value, ...without } = one.definition;
    const isRewritten = async (definition: Column): Promise<boolean> =>
      rewrites(database, columnSql(one.column, { ...definition, nullable: true }));
    if ((await isRewritten(one.definition)) && !(await isRewritten(without))) found.add(one);
  }
  return found;
}

async function rewrites(database: Database, column: string): Promise<boolean> {
  const scratch = `pg_temp.${quoteIdentifier("stk_scratch")}`;
  const fileOf = async (): Promise<string | undefined> =>
    (
      await database.query<{ file: string }>(
        `select pg_relation_filenode(to_regclass('${scratch}'))::text as file`,
      )
    )[0]?.file;
  let isRewritten = false;
  await attempt(database, async () => {
    await database.script(`create temp table stk_scratch (); insert into ${scratch} default values`);
    const before = await fileOf();
    await database.query(`alter table ${scratch} add column ${column}`);
    isRewritten = before !== (await fileOf());
    await database.script(`drop table ${scratch}`);
  });
  return isRewritten;
}
