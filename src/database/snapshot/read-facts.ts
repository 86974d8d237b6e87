import { readDependencies } from "../catalog/dependencies.ts";
import { readHiddenColumns } from "../catalog/hidden-columns.ts";
import { othersQuery, spelling } from "../catalog/queries.ts";
import type { Database } from "../database.ts";
import type { OtherObject } from "../model/model.ts";
import type {
  CompositeFacts,
  ConstraintFacts,
  Counting,
  DomainFacts,
  EnumFacts,
  ExtensionFacts,
  Facts,
  IndexFacts,
  Named,
  PartitionPart,
  PolicyFacts,
  RoutineFacts,
  SchemaFacts,
  SequenceFacts,
  TableFacts,
  TriggerFacts,
  ViewFacts,
} from "./facts.ts";
import { identitiesOf } from "./identities.ts";
import * as objects from "./object-queries.ts";
import * as parts from "./table-queries.ts";

/** The schemas of a database that somebody made, in the order in which they were made. */
export async function readSchemaNames(database: Database): Promise<string[]> {
  const rows = await database.query<{ name: string }>(objects.schemaNamesQuery);
  return rows.map(({ name }) => name);
}

/**
 * Reads the schemas' contents in the shape of declarations, in the transaction that is open. What is compared is the
 * model; this is what a model has no need to know: the structure behind the definitions.
 */
export async function readFacts(database: Database, schemas: readonly string[]): Promise<Facts> {
  await database.script(spelling);
  const read = <Row extends Record<string, unknown>>(query: string): Promise<Row[]> =>
    database.query<Row>(query, [schemas]);
  const hidden = await readHiddenColumns(database, schemas);
  const seen = async <Row extends { oid: string }>(catalog: string, rows: Promise<Row[]>): Promise<Row[]> =>
    (await rows).filter(({ oid }) => !hidden.has(catalog, oid));
  const facts = {
    schemas: await read<SchemaFacts>(objects.schemasQuery),
    extensions: await read<ExtensionFacts>(objects.extensionsQuery),
    enums: await read<EnumFacts>(objects.enumsQuery),
    domains: await read<DomainFacts>(objects.domainsQuery),
    composites: await read<CompositeFacts>(objects.compositesQuery),
    sequences: (
      await read<Named & { counting: Counting; owner: SequenceFacts["owner"] }>(parts.sequencesQuery)
    ).map(({ counting, ...sequence }) => ({ ...sequence, ...counting })),
    tables: (await read<TableFacts>(parts.tablesQuery)).map(({ columns, ...table }) => ({
      ...table,
      columns: columns.filter(
        ({ name }) => !hidden.columns.some((column) => column.table === table.name && column.name === name),
      ),
    })),
    constraints: await seen("pg_constraint", read<ConstraintFacts>(parts.constraintsQuery)),
    indexes: (
      await seen(
        "pg_class",
        read<Named & { table: string; body: Omit<IndexFacts, keyof Named | "table"> }>(parts.indexesQuery),
      )
    ).map(({ body, ...index }) => ({ ...index, ...body })),
    triggers: await seen("pg_trigger", read<TriggerFacts>(parts.triggersQuery)),
    policies: await seen("pg_policy", read<PolicyFacts>(parts.policiesQuery)),
    views: await seen("pg_class", read<ViewFacts>(objects.viewsQuery("v"))),
    materializedViews: await seen("pg_class", read<ViewFacts>(objects.viewsQuery("m"))),
    routines: await read<RoutineFacts>(objects.routinesQuery),
    partitionParts: await read<PartitionPart>(parts.partitionPartsQuery),
    others: await read<OtherObject>(othersQuery),
    hidden,
  };
  return { ...facts, restsOn: await readDependencies(database, identitiesOf(facts)) };
}
