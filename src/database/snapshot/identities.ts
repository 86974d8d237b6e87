import { type Identities, identityOf } from "../catalog/dependencies.ts";
import { type Key, keyOf } from "../model/catalog-object.ts";
import type { Facts } from "./facts.ts";

/** What is declared or left out as one: a part of a table is the table, a partition the table that it is of. */
export function identitiesOf(facts: Omit<Facts, "restsOn">): Identities {
  const identities: Identities = new Map();
  const identify = (catalog: string, oid: string, key: Key): void =>
    void identities.set(identityOf(catalog, oid), key);
  for (const { oid, name } of facts.schemas) identify("pg_namespace", oid, keyOf("schema", name));
  for (const { oid, name } of facts.extensions) identify("pg_extension", oid, keyOf("extension", name));
  for (const { oid, name } of facts.enums) identify("pg_type", oid, keyOf("enum", name));
  for (const { oid, name, checks } of facts.domains)
    for (const [catalog, own] of [
      ["pg_type", oid] as const,
      ...(checks ?? []).map((check) => ["pg_constraint", check.oid] as const),
    ])
      identify(catalog, own, keyOf("domain", name));
  for (const { oid, relation, name } of facts.composites) {
    identify("pg_type", oid, keyOf("composite", name));
    identify("pg_class", relation, keyOf("composite", name));
  }
  for (const { oid, name } of facts.sequences) identify("pg_class", oid, keyOf("sequence", name));
  for (const { oid, name } of facts.views) identify("pg_class", oid, keyOf("view", name));
  for (const { oid, name } of facts.materializedViews)
    identify("pg_class", oid, keyOf("materializedView", name));
  for (const { oid, signature } of facts.routines) identify("pg_proc", oid, keyOf("routine", signature));
  const views = new Map([
    ...facts.views.map(({ name }) => [name, keyOf("view", name)] as const),
    ...facts.materializedViews.map(({ name }) => [name, keyOf("materializedView", name)] as const),
  ]);
  const parents = new Map(facts.tables.map(({ name, parent }) => [name, parent]));
  const rootOf = (name: string): string => {
    const parent = parents.get(name);
    return parent == null ? name : rootOf(parent);
  };
  const holder = (name: string): Key => views.get(name) ?? keyOf("table", rootOf(name));
  for (const { oid, name } of facts.tables) identify("pg_class", oid, holder(name));
  for (const { oid, table } of facts.constraints) identify("pg_constraint", oid, holder(table));
  for (const { oid, table } of facts.indexes) identify("pg_class", oid, holder(table));
  for (const { oid, table } of facts.triggers) identify("pg_trigger", oid, holder(table));
  for (const { oid, table } of facts.policies) identify("pg_policy", oid, holder(table));
  return identities;
}
