import type { Change } from "../diff/change.ts";
import { quoteLiteral, quoteName } from "../identifier.ts";
import { partitionFacts } from "../kinds/partition.ts";
import { policyFacts } from "../kinds/policy.ts";
import type { CatalogObject } from "../model/catalog-object.ts";
import type { Model } from "../model/model.ts";
import type { Probe } from "./probe-query.ts";
import { domainProbe, extensionProbe, sequenceProbe } from "./type-probe.ts";

/** What to look for in the live database before something beside tables and enums is made or changed. */
export function objectProbe(
  change: Extract<Change, { kind: "createObject" | "alterObject" }>,
  live: Model,
): Probe | undefined {
  const object = change.kind === "createObject" ? change.object : change.to;
  if (object.kind === "policy") return missingRoles(object);
  if (object.kind === "extension") return extensionProbe(object, change.kind === "alterObject");
  if (change.kind === "alterObject" && object.kind === "domain") return domainProbe(change, live);
  if (change.kind === "alterObject" && object.kind === "sequence") return sequenceProbe(object);
  return object.kind === "partition" && change.kind === "createObject"
    ? rowsOfDefault(object, live)
    : undefined;
}

/** Postgres makes no partition whose rows the default one has. */
function rowsOfDefault({ name, facts, rows: condition }: CatalogObject, live: Model): Probe | undefined {
  const { of } = partitionFacts.parse(facts);
  const other = [...live.objects.values()].find(
    (object) => object.kind === "partition" && object.facts.of === of && object.facts.bound === "DEFAULT",
  );
  if (other === undefined || condition === undefined) return undefined;
  return {
    code: "default_partition_rows",
    object: name,
    rows: `select * from ${quoteName(other.name)} where ${condition}`,
    message: (count) =>
      `${count === 1 ? "1 row" : `${count} rows`} of the default partition ${other.name} would belong to the new partition ${name}, and Postgres moves none.`,
    wayOut: `In one transaction by hand: detach ${other.name}, make ${name}, insert these rows into ${of} and delete them from ${other.name}, and attach it as the default again; then plan again.`,
  };
}

function missingRoles({ name, table = "", facts }: CatalogObject): Probe | undefined {
  const roles = policyFacts.parse(facts).roles.filter((role) => role !== "public");
  if (roles.length === 0) return undefined;
  const list = roles.map(quoteLiteral).join(", ");
  return {
    code: "missing_role",
    object: `${table}.${name}`,
    rows: `select role from unnest(array[${list}]) role where not exists (select from pg_catalog.pg_roles where rolname = role)`,
    message: (count) =>
      `The policy ${name} of ${table} is for ${roles.join(", ")}, and the server lacks ${roles.length === 1 ? "that role" : `${count} of these roles`}.`,
    wayOut: "Make the role, such as by create role NAME nologin: roles are the server's, and stk makes none.",
  };
}
