import type { Change } from "../diff/change.ts";
import { quoteIdentifier, quoteLiteral, quoteName } from "../identifier.ts";
import { boundsOf } from "../identity-options.ts";
import { compareChecks, domainFacts } from "../kinds/domain.ts";
import { extensionFacts } from "../kinds/extension.ts";
import { sequenceFacts } from "../kinds/sequence.ts";
import { type CatalogObject, keyOf } from "../model/catalog-object.ts";
import type { Model } from "../model/model.ts";
import { columnsOfDomain, modelNameOf } from "./domain-columns.ts";
import type { Probe } from "./probe-query.ts";

type Altered = Extract<Change, { kind: "alterObject" }>;

/** Values that a domain is to refuse. `value` is in the rows what VALUE is in a check. */
export function domainProbe({ from, to }: Altered, live: Model): Probe | undefined {
  const [before, after] = [domainFacts.parse(from.facts), domainFacts.parse(to.facts)];
  const { kept, renamed, added } = compareChecks(before.checks, after.checks);
  const checks = [...added, ...[...kept, ...renamed.map(([old]) => old)].filter((one) => !one.validated)];
  const refused = [
    ...checks.map(({ definition }) => `not (${definition.replace(/^CHECK /, "")})`),
    ...(before.nullable && !after.nullable ? ["value is null"] : []),
  ];
  const { name } = from;
  if (refused.length === 0) return undefined;
  const within = containersOf(name, live);
  if (within.length > 0 && added.length + (before.nullable && !after.nullable ? 1 : 0) > 0)
    return {
      code: "domain_within",
      object: name,
      rows: `select * from unnest(array[${within.map(quoteLiteral).join(", ")}]) as uses (name)`,
      message: () =>
        `Postgres adds no condition to the domain ${name} while values of it stand within others: ${within.join(", ")}.`,
      wayOut: "Declare a domain of another name with the condition, and let these be of that one.",
    };
  const values = columnsOfDomain(name, live).map(
    ([table, column]) =>
      `select ${quoteLiteral(`${table}.${column}`)} as "column", ${quoteIdentifier(column)}::${before.type} as value from ${quoteName(table)}`,
  );
  if (values.length === 0) return undefined;
  return {
    code: "domain_violated",
    object: name,
    rows: `select * from (${values.join(" union all ")}) present where ${refused.join(" or ")}`,
    message: (count) =>
      `${count === 1 ? "1 value of the domain" : `${count} values of the domain`} ${name} ${count === 1 ? "does" : "do"} not meet what is declared of it.`,
    wayOut: "Change these rows, or the domain.",
  };
}

/** The columns of arrays of a domain, and the composite types that it is in. */
function containersOf(domain: string, { tables, dependencies }: Model): string[] {
  const arrays = [...tables].flatMap(([table, { columns }]) =>
    [...columns].flatMap(([column, { type }]) =>
      type.endsWith("[]") && modelNameOf(type).replace(/(\[\])+$/, "") === domain
        ? [`${table}.${column}`]
        : [],
    ),
  );
  const isUsed = (key: string): boolean =>
    [...dependencies].some(([user, on]) => user.startsWith("column:") && on.has(key));
  const composites = [...dependencies].flatMap(([key, on]) =>
    key.startsWith("composite:") && on.has(keyOf("domain", domain)) && isUsed(key)
      ? [key.slice("composite:".length)]
      : [],
  );
  return [...arrays, ...composites];
}

/** A sequence that stands outside of its new bounds. */
export function sequenceProbe({ name, facts }: CatalogObject): Probe {
  const { min, max } = sequenceFacts.parse(facts);
  return boundsProbe(name, quoteName(name), { min, max });
}

/** {@link sequenceProbe} of an identity that is to count in another way. */
export function identityProbe(
  { table, of }: Extract<Change, { kind: "alterTable" }>,
  live: Model,
  desired: Model,
): Probe | undefined {
  for (const [column, { sequence, identityOptions }] of live.tables.get(table)?.columns ?? []) {
    const to = desired.tables.get(table)?.columns.get(column);
    if (of === keyOf("column", column, table) && sequence !== undefined && to?.identity !== undefined)
      return identityOptions === to.identityOptions
        ? undefined
        : boundsProbe(sequence, sequence, boundsOf(to.identityOptions));
  }
  return undefined;
}

function boundsProbe(
  name: string,
  sequence: string,
  { min, max }: { min: string | null; max: string | null },
): Probe {
  const outside = [min === null ? "" : `last_value < ${min}`, max === null ? "" : `last_value > ${max}`];
  const condition = outside.filter((one) => one !== "").join(" or ");
  return {
    code: "sequence_out_of_bounds",
    object: name,
    rows: `select last_value from ${sequence} where ${condition}`,
    message: () =>
      `The sequence ${name} stands outside of ${min ?? "its least"} to ${max ?? "its greatest"}.`,
    wayOut: `Declare bounds that hold it, or set it yourself: select setval(${quoteLiteral(sequence)}, ...)`,
  };
}

/** An extension, or a version of it, that the server lacks. */
export function extensionProbe({ name, facts }: CatalogObject, isThere: boolean): Probe | undefined {
  const { version } = extensionFacts.parse(facts);
  const called = quoteLiteral(name);
  if (!isThere) {
    const wanted = version === undefined ? "" : ` and version = ${quoteLiteral(version)}`;
    return {
      code: "extension_unavailable",
      object: name,
      rows: `select ${called} as name where not exists (select from pg_available_extension_versions where name = ${called}${wanted})`,
      message: () =>
        `The server has no extension ${name}${version === undefined ? "" : ` in version ${version}`}.`,
      wayOut: "Install it on the server: select name, version from pg_available_extension_versions",
    };
  }
  if (version === undefined) return undefined;
  return {
    code: "extension_version",
    object: name,
    rows: `select extversion from pg_extension where extname = ${called} and not exists (
  select from pg_extension_update_paths(${called})
  where source = extversion and target = ${quoteLiteral(version)} and path is not null)`,
    message: () => `The server has no way from the present version of the extension ${name} to ${version}.`,
    wayOut: "Declare the version that is there, or install the other on the server.",
  };
}
