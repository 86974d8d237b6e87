import { z } from "zod";
import { canonicalJson } from "../../core/canonical-json.ts";
import { kindOf } from "../kinds/kinds.ts";
import type { CatalogObject } from "../model/catalog-object.ts";
import type { Model } from "../model/model.ts";
import type { Difference } from "./change.ts";
import { nameTaken } from "./name-taken.ts";
import { removalLine } from "./removal-line.ts";
import { isStored } from "./stored.ts";
import type { PendingTransition } from "./transition.ts";

/**
 * Everything beside tables, enums and partitions. What is a part of a declared table or view goes where it is not
 * declared; what stands by itself goes where its removal is declared, and else is left alone.
 */
export function diffObjects(
  live: Model,
  desired: Model,
  pending: PendingTransition,
  { changes, blocked, notices }: Difference,
): void {
  for (const [key, object] of desired.objects) {
    if (object.kind === "partition") continue;
    const present = live.objects.get(key);
    if (present === undefined) {
      const taken = nameTaken(object, live, pending);
      if (taken === undefined) changes.push({ kind: "createObject", object, restored: false });
      else blocked.push(taken);
    } else if (!isSame(present, object)) {
      const sql = kindOf(object.kind).alter(present, object, isStored(present, live));
      if (Array.isArray(sql)) {
        if (sql.length > 0) changes.push({ kind: "alterObject", from: present, to: object, sql });
      } else if (sql !== undefined) blocked.push({ ...sql, object: object.name });
      else
        changes.push(
          { kind: "dropObject", object: present, restored: true },
          { kind: "createObject", object: withGrants(object, present), restored: true },
        );
    }
  }
  for (const [key, object] of live.objects) {
    if (desired.objects.has(key) || object.kind === "partition") continue;
    const fate = fateOf(object, desired, pending);
    if (fate === "goes") changes.push({ kind: "dropObject", object, restored: false });
    else if (fate === "stays") {
      const { word } = kindOf(object.kind);
      notices.push({
        kind: word,
        object: object.name,
        message: `The ${word} ${object.name} is not declared. To drop it, declare that: ${removalLine(object)}`,
      });
    }
  }
}

/** Whether two objects are the same to a declaration. */
export const isSame = (a: CatalogObject, b: CatalogObject): boolean =>
  canonicalJson(a.facts) === canonicalJson(b.facts);

/** An object to be made anew, with the rights that the one before it has, but those on columns that it has no more. */
export function withGrants(object: CatalogObject, { grants }: CatalogObject): CatalogObject {
  if (grants === undefined) return object;
  const { columns } = viewFacts.safeParse(object.facts).data ?? {};
  const kept = grants.filter((grant) => {
    const quoted = /^grant \w+ \((?:"((?:[^"]|"")+)"|(\w+))\) on table /.exec(grant);
    const column = quoted?.[1]?.replaceAll('""', '"') ?? quoted?.[2];
    return column === undefined || columns === undefined || columns.some(({ name }) => name === column);
  });
  return { ...object, grants: kept };
}

const viewFacts = z.object({ columns: z.array(z.object({ name: z.string() })) });

/** A part goes along with what it is a part of. */
function fateOf(
  { kind, name, table }: CatalogObject,
  desired: Model,
  pending: PendingTransition,
): "goes" | "goes along" | "stays" {
  if (table !== undefined) {
    if (desired.tables.has(table) || isWhole(desired, table)) return "goes";
    return "goes along";
  }
  return kind !== "trigger" && kind !== "policy" && pending.fateOf(kind, name) === "removed"
    ? "goes"
    : "stays";
}

const isWhole = ({ objects }: Model, table: string): boolean =>
  objects.has(`view:${table}`) ||
  objects.has(`partition:${table}`) ||
  objects.has(`materializedView:${table}`);
