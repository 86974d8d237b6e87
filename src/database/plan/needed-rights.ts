import type { Change } from "../diff/change.ts";
import { splitName } from "../identifier.ts";
import { extensionFacts } from "../kinds/extension.ts";
import { partitionFacts } from "../kinds/partition.ts";
import type { CatalogObject, Key } from "../model/catalog-object.ts";
import { objectStatements } from "./object-statement.ts";

/** A right that a change needs on something, as far as that is there before. */
export type Need =
  /** `goes`: who owns the schema may drop it as well. */
  | { right: "own"; kind: OwnedKind; name: string; goes?: true }
  | { right: "create" | "usage"; kind: "schema"; name: string }
  | { right: "create"; kind: "database"; name: "" }
  | { right: "trigger"; kind: "relation"; name: string }
  | { right: "references"; kind: "relation"; name: string; columns: readonly string[] }
  /** To make an extension; `sql` is for somebody who may. */
  | { right: "make"; kind: "extension"; name: string; sql: string };
type OwnedKind = "relation" | "type" | "routine" | "schema" | "extension";

/** The rights that changes need, each once. Nothing needs a superuser but an extension that is not trusted. */
export function neededRights(changes: readonly Change[]): Need[] {
  const needs = new Map<string, Need>();
  const add = (need: Need): void => void needs.set(JSON.stringify(need), need);
  for (const need of changes.flatMap(needsOf)) {
    add(need);
    if (need.kind === "relation" || need.kind === "type" || need.kind === "routine")
      add({ right: "usage", kind: "schema", name: schemaOf(need.name) });
  }
  return [...needs.values()];
}

function needsOf(change: Change): Need[] {
  switch (change.kind) {
    case "createEnum":
      return [createIn(change.name)];
    case "createTable":
      return [createIn(change.table)];
    case "dropTable":
      return [{ ...own("relation", change.table), goes: true }];
    case "createObject":
      return toMake(change.object, objectStatements(change)[0]?.sql ?? "");
    case "alterObject":
      return change.to.kind === "routine" || change.to.kind === "view"
        ? [toChange(change.to), createIn(change.to.name)]
        : [toChange(change.to)];
    case "dropObject":
      return [toDrop(change.object)];
    case "setComment":
      return toComment(change.on);
    default:
      return "table" in change
        ? [own("relation", change.table), ...besideTable(change)]
        : [own("type", change.name)];
  }
}

/** What a change of a table needs beside the table: room for what it makes, and the table that a foreign key leads to. */
function besideTable(change: Extract<Change, { table: string }>): Need[] {
  switch (change.kind) {
    case "addConstraint": {
      const { kind, references } = change.constraint;
      if (kind === "foreignKey")
        return references === undefined
          ? []
          : [{ right: "references", kind: "relation", name: references.table, columns: references.columns }];
      return kind === "check" ? [] : [createIn(change.table)];
    }
    case "addColumn":
      return change.definition.serial || change.definition.identity !== undefined
        ? [createIn(change.table)]
        : [];
    case "createIndex":
    case "renameIndex":
    case "renameTable":
    case "renameSequence":
    case "takeFromSequence":
    case "addIdentity":
      return [createIn(change.table)];
    default:
      return [];
  }
}

const inDatabase: Need = { right: "create", kind: "database", name: "" };

function toMake(object: CatalogObject, sql: string): Need[] {
  switch (object.kind) {
    case "schema":
      return [inDatabase];
    case "extension":
      return [
        { right: "make", kind: "extension", name: object.name, sql },
        { right: "create", kind: "schema", name: extensionFacts.parse(object.facts).schema },
      ];
    case "trigger":
      return [{ right: "trigger", kind: "relation", name: object.table ?? "" }];
    case "policy":
      return [own("relation", object.table ?? "")];
    case "partition":
      return [createIn(object.name), own("relation", partitionFacts.parse(object.facts).of)];
    default:
      return [createIn(object.name)];
  }
}

const kindsOfOwned = {
  table: "relation",
  view: "relation",
  materializedView: "relation",
  sequence: "relation",
  partition: "relation",
  enum: "type",
  domain: "type",
  composite: "type",
  routine: "routine",
  schema: "schema",
  extension: "extension",
} as const satisfies Record<string, OwnedKind>;

const isOwned = (kind: string): kind is keyof typeof kindsOfOwned => Object.hasOwn(kindsOfOwned, kind);

type Own = Extract<Need, { right: "own" }>;
const own = (kind: OwnedKind, name: string): Own => ({ right: "own", kind, name });

/** A part of a table is that table's owner's. */
const toChange = ({ kind, name, table }: CatalogObject): Own =>
  isOwned(kind) ? own(kindsOfOwned[kind], name) : own("relation", table ?? "");

const toDrop = (object: CatalogObject): Own =>
  isOwned(object.kind) && object.kind !== "schema" && object.kind !== "extension"
    ? { ...toChange(object), goes: true }
    : toChange(object);

function toComment(on: Key): Need[] {
  const colon = on.indexOf(":");
  const [kind, name] = [on.slice(0, colon), on.slice(colon + 1)];
  if (isOwned(kind)) return [own(kindsOfOwned[kind], name)];
  const dot = name.lastIndexOf(".");
  return dot < 0 ? [] : [own("relation", name.slice(0, dot))];
}

/** What a function takes may have names of other schemas. */
const schemaOf = (name: string): string => splitName(name.replace(/\(.*$/s, "")).schema;

const createIn = (name: string): Need => ({ right: "create", kind: "schema", name: schemaOf(name) });
