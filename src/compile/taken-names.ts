import type { Location } from "../core/diagnostic.ts";
import { splitName } from "../database/identifier.ts";
import type { DeclaredObject } from "../database/shadow/render.ts";
import { problem } from "../project/problem.ts";
import type { Path } from "../project/project.ts";
import type { ConnectionCatalog } from "./catalog.ts";
import { freeName, type Taken } from "./constraint-name.ts";
import type { SchemaNames, TableScope, TakenNames } from "./table-scope.ts";

/** Kinds that make a relation of their name. */
const relationKinds: ReadonlySet<string> = new Set([
  "view",
  "materializedView",
  "sequence",
  "composite",
  "partition",
]);

/** What is taken before any key was named. */
export function takenNames({ tables, objects }: ConnectionCatalog): TakenNames {
  const names: TakenNames = new Map();
  const relations = objects.filter(({ object }) => relationKinds.has(object.kind));
  for (const name of [...tables.keys(), ...relations.map(({ object }) => object.name)]) {
    const { schema, local } = splitName(name);
    namesIn(names, schema).relations.add(local);
  }
  return names;
}

function namesIn(names: TakenNames, schema: string): SchemaNames {
  const known = names.get(schema) ?? { relations: new Set(), constraints: new Set() };
  names.set(schema, known);
  return known;
}

/** Something of a table that gets a name. `columns` and `label` are what Postgres would make it of. */
type Nameable = {
  kind: DeclaredObject["kind"];
  columns: readonly string[];
  label: string;
  path: Path;
  given?: string | undefined;
};

/** Names the keys, checks and indexes of one table, and notes where each stands; a given name that is taken is reported. */
export function namer({ table, names, note, diagnostics }: TableScope): (one: Nameable) => string {
  const { schema, local } = splitName(table.name);
  const { relations, constraints } = namesIn(names, schema);
  const own: Taken = new Set();
  return ({ kind, columns, label, path, given }) => {
    // An index is a relation, a check is a constraint; a key is both.
    const isConstraint = kind !== "index";
    const isRelation = kind !== "check" && kind !== "foreignKey";
    const at: Location = table.at(path);
    if (given !== undefined && ((isConstraint && own.has(given)) || (isRelation && relations.has(given))))
      diagnostics.push(
        problem(at, "duplicate_name", `The name \`${given}\` is taken.`, "Give it another name."),
      );
    const isTaken = (one: string): boolean =>
      (isConstraint && constraints.has(one)) || (isRelation && relations.has(one));
    const name = given ?? freeName(local, columns.join("_"), label, isTaken);
    if (isConstraint) for (const all of [own, constraints]) all.add(name);
    if (isRelation) relations.add(name);
    note({ kind, table: table.name, name }, at);
    return name;
  };
}
