import type { Constraint, Index, Model } from "../model/model.ts";
import type { Difference } from "./change.ts";

/** Something of a key that Postgres has since a version, by its major number. */
type Feature = { what: string; since: number; instead: string };

type Made = { table: string; name: string; key: Constraint | Index };

/** Blocks what the server is too old for. */
export function refuseUnsupported({ version }: Model, { changes, blocked }: Difference): void {
  const server = Math.floor(version / 10_000);
  const made = changes.flatMap((change): Made[] => {
    if (change.kind === "createTable")
      return [...change.definition.constraints].map(([name, key]) => ({ table: change.table, name, key }));
    if (change.kind === "addConstraint")
      return [{ table: change.table, name: change.name, key: change.constraint }];
    return change.kind === "createIndex"
      ? [{ table: change.table, name: change.name, key: change.index }]
      : [];
  });
  const seen = new Set<string>();
  for (const { table, name, key } of made) {
    const feature = featureOf(key);
    const object = `${table}.${name}`;
    if (feature === undefined || feature.since <= server || seen.has(object)) continue;
    seen.add(object);
    blocked.push({
      code: "unsupported_by_server",
      object,
      message: `${name} of ${table} ${feature.what}, which Postgres can since ${feature.since}; the server is ${server}.`,
      wayOut: `${feature.instead}, or upgrade the server.`,
    });
  }
}

function featureOf(key: Constraint | Index): Feature | undefined {
  if (key.nullsNotDistinct === true)
    return { what: "takes two nulls for equal", since: 15, instead: "Leave nullsNotDistinct out" };
  if (/ ON DELETE SET (?:NULL|DEFAULT) \(/.test(key.definition) && "references" in key)
    return { what: "sets some of its columns", since: 15, instead: "Leave setColumns out" };
  return undefined;
}
