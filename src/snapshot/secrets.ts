import { stringify } from "yaml";
import type { DeclaredScope } from "../../schema/declared.ts";
import { type Key, keyOf } from "../database/model/catalog-object.ts";
import type { Facts } from "../database/snapshot/facts.ts";
import { findSecrets } from "../project/secrets.ts";
import type { LeftOut } from "./left-out.ts";
import { type Snapshot, snapshotOf } from "./snapshot-of.ts";
import type { Value } from "./table-part.ts";
import { membersOf, wholeTable } from "./whole-table.ts";

const kinds = [
  ["enums", "enum"],
  ["domains", "domain"],
  ["composites", "composite"],
  ["sequences", "sequence"],
  ["views", "view"],
  ["materializedViews", "materializedView"],
] as const;

/** A snapshot without what holds something that looks like a secret, which no file of a project may hold. */
export function withoutSecrets(
  facts: Facts,
  scope: DeclaredScope,
  others: ReadonlyMap<Key, LeftOut> = new Map(),
): Snapshot {
  const snapshot = snapshotOf(facts, scope, others);
  const refused = new Map(others);
  const look = (kind: string, name: string, value: Value, key = keyOf(kind, name)): void => {
    const secret = secretIn(value);
    if (secret !== undefined) refused.set(key, { kind, name, reason: reasonFor(secret) });
  };
  for (const [section, kind] of kinds)
    for (const [name, value] of snapshot.objects[section]) look(kind, name, value);
  for (const [name, table] of snapshot.tables) look("table", name, wholeTable(table));
  for (const { name, signature, definition, comment } of facts.routines)
    if (snapshot.objects.functions.has(name))
      look("function", signature, { sql: definition, comment }, keyOf("routine", signature));
  return refused.size === others.size ? snapshot : snapshotOf(facts, scope, refused);
}

function secretIn(value: Value): string | undefined {
  const { sql, ...rest } = membersOf(value);
  const [found] = [
    ...findSecrets(typeof sql === "string" ? sql : "", "code"),
    ...findSecrets(stringify(sql === undefined ? value : rest, { lineWidth: 0 }), "yaml"),
  ];
  return found?.kind;
}

const reasonFor = (secret: string): string =>
  `it holds what looks like ${secret}; keep that out of the database's code, where every reader of the catalog sees it, and take a snapshot again`;
