import type { z } from "zod";
import { columnName, existingName, identifier, qualifiedName, schemaName } from "../../schema/names.ts";
import { type Key, keyOf } from "../database/model/catalog-object.ts";
import type { Facts } from "../database/snapshot/facts.ts";
import { hasKnownMethod } from "./indexes.ts";

/** Something of a database that is not written, and why. */
export type LeftOut = { kind: string; name: string; reason: string };

const fits = (format: z.ZodType, name: string): boolean => format.safeParse(name).success;
const badName = "its name cannot be declared: letters, digits and _ can";

/** What no declaration can say as a whole, by key, with what is refused; `parts` are of something that is written. */
export function leftOutOf(
  facts: Facts,
  refused: ReadonlyMap<Key, LeftOut>,
): { whole: Map<Key, LeftOut>; parts: LeftOut[] } {
  const whole = new Map(refused);
  const leave = (
    kind: string,
    name: string,
    reason: string | null | undefined,
    key = keyOf(kind, name),
  ): void => {
    if (reason != null && !whole.has(key)) whole.set(key, { kind, name, reason });
  };
  for (const { name } of facts.schemas) leave("schema", name, fits(schemaName, name) ? null : badName);
  for (const kind of ["enum", "domain", "composite", "sequence"] as const)
    for (const { name } of facts[`${kind}s`]) leave(kind, name, fits(qualifiedName, name) ? null : badName);
  for (const { name, values } of facts.enums)
    leave("enum", name, values !== null ? null : "it has no values");
  for (const { name, attributes } of facts.composites) {
    const odd = attributes?.find((attribute) => !fits(identifier, attribute.name));
    leave(
      "composite",
      name,
      odd && `its attribute ${odd.name} cannot be declared: letters, digits and _ can`,
    );
  }
  for (const kind of ["view", "materializedView"] as const)
    for (const { name, oddity } of facts[`${kind}s`])
      leave(kind, name, fits(qualifiedName, name) ? oddity : badName);
  for (const { name, signature, oddity } of facts.routines)
    leave("function", signature, fits(qualifiedName, name) ? oddity : badName, keyOf("routine", signature));
  const rootOf = rootsOf(facts);
  for (const { name, parent, oddity, columns } of facts.tables) {
    const odd = columns.find((column) => !fits(columnName, column.name));
    const reason = fits(qualifiedName, name) ? oddity : badName;
    leave(parent === null ? "table" : "partition", name, reason, keyOf("table", rootOf(name)));
    if (parent === null)
      leave("table", name, odd && `its column ${odd.name} cannot be declared: letters, digits and _ can`);
  }
  spread(facts, whole);
  return { whole, parts: partsLeftOut(facts, whole, rootOf) };
}

/** The table that a partition is of, however deep; another table is itself. */
export function rootsOf({ tables }: Pick<Facts, "tables">): (name: string) => string {
  const parents = new Map(tables.map(({ name, parent }) => [name, parent]));
  const rootOf = (name: string): string => {
    const parent = parents.get(name);
    return parent == null ? name : rootOf(parent);
  };
  return rootOf;
}

/** What rests on something that is left out is left out too. */
function spread({ restsOn }: Facts, whole: Map<Key, LeftOut>): void {
  for (let size = -1; size !== whole.size; ) {
    size = whole.size;
    for (const [key, bases] of restsOn) {
      if (whole.has(key)) continue;
      const base = [...bases].map((one) => whole.get(one)).find((one) => one !== undefined);
      if (base === undefined) continue;
      const [kind = "", ...name] = key.split(":");
      const word = kind === "routine" ? "function" : kind;
      whole.set(key, {
        kind: word,
        name: name.join(":"),
        reason: `it rests on the ${base.kind} ${base.name}`,
      });
    }
  }
}

function partsLeftOut(
  facts: Facts,
  whole: ReadonlyMap<Key, LeftOut>,
  rootOf: ReturnType<typeof rootsOf>,
): LeftOut[] {
  const isWritten = ({ table }: { table: string }): boolean => !whole.has(keyOf("table", table));
  const isUndeclarable = (name: string): boolean => !fits(existingName, name);
  return [
    ...facts.tables
      .filter(({ name }) => !whole.has(keyOf("table", rootOf(name))))
      .flatMap(({ name, unsaid }) =>
        (unsaid ?? []).map((what) => ({ kind: "table", name, reason: `${what} cannot be declared` })),
      ),
    ...facts.hidden.columns.filter(isWritten).map(({ table, name, type }) => ({
      kind: "column",
      name: `${table}.${name}`,
      reason: `its type cannot be declared: ${type}`,
    })),
    ...facts.hidden.dependents.filter(isWritten).map(({ table, kind, name }) => ({
      kind,
      name,
      reason: `it rests on such a column of ${table}`,
    })),
    ...facts.constraints.filter(isWritten).flatMap(({ name, table, oddity, index }) => {
      const storage =
        index?.storage == null ? null : "the storage parameters of its index cannot be declared";
      const reason = oddity ?? index?.oddity ?? storage;
      return reason === null ? [] : [{ kind: "constraint", name: `${table}.${name}`, reason }];
    }),
    ...facts.indexes.filter(isWritten).flatMap((index) => {
      const reason = index.oddity ?? (hasKnownMethod(index) ? null : `its method is ${index.method}`);
      if (reason !== null || isUndeclarable(index.name))
        return [{ kind: "index", name: index.name, reason: reason ?? badName }];
      return index.hasStatistics
        ? [{ kind: "index", name: index.name, reason: "the statistics of its columns cannot be declared" }]
        : [];
    }),
    ...facts.partitionParts.map(({ kind, name, table }) => ({
      kind,
      name: kind === "index" ? name : `${table}.${name}`,
      reason: "it stands on a partition alone",
    })),
    ...facts.others.map(({ kind, name }) => ({ kind, name, reason: "nothing of its kind can be declared" })),
    ...facts.domains.flatMap(({ name, checks }) =>
      (checks ?? []).flatMap((check) =>
        check.comment === null
          ? []
          : [{ kind: "comment", name: `${name}.${check.name}`, reason: "it is on the check of a domain" }],
      ),
    ),
    ...facts.composites.flatMap(({ name, attributes }) =>
      (attributes ?? []).flatMap((attribute) =>
        attribute.comment === null
          ? []
          : [{ kind: "comment", name: `${name}.${attribute.name}`, reason: "it is on an attribute" }],
      ),
    ),
  ];
}
