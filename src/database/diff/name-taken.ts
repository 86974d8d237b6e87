import type { ObjectKind } from "../../../schema/declared.ts";
import { kindOf } from "../kinds/kinds.ts";
import { type CatalogObject, keyOf } from "../model/catalog-object.ts";
import type { Model } from "../model/model.ts";
import type { Blocked } from "./change.ts";
import type { PendingTransition } from "./transition.ts";

/** What is in pg_class has one namespace, and what is in pg_type another. A relation but a sequence is a type too. */
const namespaces: Partial<Record<ObjectKind, readonly ("class" | "type")[]>> = {
  view: ["class", "type"],
  materializedView: ["class", "type"],
  partition: ["class", "type"],
  composite: ["class", "type"],
  domain: ["type"],
  sequence: ["class"],
};

/** Why an object cannot be made: something of another kind has its name. */
export function nameTaken(
  { kind, name }: CatalogObject,
  live: Model,
  pending: PendingTransition,
): Blocked | undefined {
  const own = namespaces[kind];
  if (own === undefined) return undefined;
  const other = Object.entries(namespaces).flatMap(([each, theirs]) => {
    const object = live.objects.get(keyOf(each, name));
    if (object === undefined || !own.some((namespace) => theirs.includes(namespace))) return [];
    // Views go before anything is made.
    return (object.kind === "view" || object.kind === "materializedView") &&
      pending.fateOf(object.kind, name) === "removed"
      ? []
      : [kindOf(object.kind).word];
  })[0];
  const isType = own.includes("type");
  const table = live.tables.has(name) ? "table" : undefined;
  const enumeration = isType && live.enums.has(name) ? "enum" : undefined;
  const foreign = live.others.find(
    (one) => one.name === name && (one.kind === "foreign table" || (isType && one.kind === "range type")),
  );
  const taken = other ?? table ?? enumeration ?? foreign?.kind;
  if (taken === undefined) return undefined;
  const { word } = kindOf(kind);
  return {
    code: "name_taken",
    object: name,
    message: `The ${word} ${name} is declared, and the database has ${/^[aeiou]/.test(taken) ? "an" : "a"} ${taken} of that name.`,
    wayOut: "Rename the one or the other.",
  };
}
