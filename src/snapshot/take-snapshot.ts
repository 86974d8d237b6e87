import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DeclaredScope, PlannableSchema } from "../../schema/declared.ts";
import { defaultSchema } from "../../schema/names.ts";
import { schemaFile } from "../../schema/schema-file.ts";
import { type ConnectionCatalog, emptyCatalog, readCatalog } from "../compile/catalog.ts";
import { declareConnection } from "../compile/declare.ts";
import { misspeltType } from "../compile/known-type.ts";
import { wholePublic } from "../database/catalog/scope.ts";
import type { Database } from "../database/database.ts";
import { type Key, keyOf } from "../database/model/catalog-object.ts";
import type { SchemaProblem } from "../database/shadow/make-schema.ts";
import type { Shadow } from "../database/shadow/shadow.ts";
import type { Facts } from "../database/snapshot/facts.ts";
import { readFacts, readSchemaNames } from "../database/snapshot/read-facts.ts";
import { inSnapshot } from "../database/transaction.ts";
import { parseDeclaration } from "../project/parse.ts";
import type { Project } from "../project/project.ts";
import { type LeftOut, rootsOf } from "./left-out.ts";
import { connectionOf, type FileChange, type MergeInput, mergeFiles } from "./merge-files.ts";
import { withoutSecrets } from "./secrets.ts";
import { type Section, snapshotOf } from "./snapshot-of.ts";

/** What a snapshot changes; a text that is undefined is a file that goes. */
export type SnapshotResult = {
  files: ReadonlyMap<string, string | undefined>;
  changes: FileChange[];
  leftOut: LeftOut[];
};

export type SnapshotOptions = {
  connection: string;
  project: Project;
  /** What the project's files declare of the connection. */
  declared: PlannableSchema;
  /** Schemas to manage beside those that are declared; where nothing is declared, instead of all. */
  schemas?: readonly string[] | undefined;
  /** Makes the declaration, to read what it says in Postgres' own words. */
  shadow: Pick<Shadow, "read" | "rehearse">;
};

/**
 * Reads a database and gives the files of `schema/` that declare it: new ones, or those that are there with only what
 * differs changed. Nothing is written. The database is read in one read-only transaction.
 */
export async function takeSnapshot(database: Database, options: SnapshotOptions): Promise<SnapshotResult> {
  const { connection, project, declared, shadow } = options;
  const own = project.schemas.filter(({ value }) => connectionOf(value) === connection);
  const { scope, facts } = await inSnapshot(database, async () => {
    const managed = await scopeOf(database, options, own.length === 0);
    return { scope: managed, facts: await readFacts(database, managed.schemas) };
  });
  const asDeclared: Facts = await shadow.read(declared, (made) =>
    readFacts(made, declared.scope?.schemas ?? wholePublic.schemas),
  );
  const read = (file: string): [string, string] => [file, readFileSync(join(project.root, file), "utf8")];
  const input = {
    connection,
    yaml: new Map(own.map(({ file }) => read(file))),
    sql: new Map([...project.schemaSql.keys()].map(read)),
    isRemoved: removedIn(own.map(({ value }) => value.removed ?? {})),
    declared: snapshotOf(asDeclared, scope),
  };
  const refused = new Map<Key, LeftOut>();
  for (;;) {
    const live = withoutSecrets(facts, scope, refused);
    const merged = mergeFiles({ ...input, live });
    const after = declaredBy(merged.files, input, connection);
    const { problems } = await shadow.rehearse(declareConnection(after).schema);
    const found = [...refusedBy(problems, facts), ...unknownTypes(after)].filter(
      ([key]) => !refused.has(key),
    );
    if (found.length === 0) return { ...merged, leftOut: live.leftOut };
    for (const [key, one] of found) refused.set(key, one);
  }
}

/** What the files declare once they are changed. */
function declaredBy(
  changed: SnapshotResult["files"],
  { yaml, sql }: Pick<MergeInput, "yaml" | "sql">,
  connection: string,
): ConnectionCatalog {
  const after = (files: ReadonlyMap<string, string>, end: string): [string, string][] =>
    [...new Map<string, string | undefined>([...files, ...changed])].flatMap(([file, text]) =>
      text === undefined || !file.endsWith(end) ? [] : [[file, text] as const],
    );
  const schemas = after(yaml, ".yaml").flatMap(
    ([file, text]) => parseDeclaration(schemaFile, text, file).parsed ?? [],
  );
  const own = readCatalog(schemas, new Map(after(sql, ".sql"))).catalog.get(connection);
  return own ?? emptyCatalog(connection);
}

/** Types that no declaration can name, which are as good as another misspelt. */
function unknownTypes(catalog: ConnectionCatalog): [Key, LeftOut][] {
  return [...catalog.tables.values()].flatMap(({ name, columns }): [Key, LeftOut][] => {
    const odd = [...columns.values()].find(
      ({ declaration }) => declaration && misspeltType(declaration.type, catalog) !== undefined,
    );
    if (odd === undefined) return [];
    const reason = `the type of its column ${odd.name} cannot be declared: ${odd.declaration?.type}`;
    return [[keyOf("table", name), { kind: "table", name, reason }]];
  });
}

/** Bodies of functions name what Postgres does not know that they rest on. */
function refusedBy(problems: readonly SchemaProblem[], facts: Facts): [Key, LeftOut][] {
  return problems.flatMap(({ of, error }): [Key, LeftOut][] => {
    const reason = `the embedded Postgres refuses it: ${error.message}`;
    if (of.kind === "routine")
      return facts.routines
        .filter(({ name }) => name === of.name)
        .map(({ signature }) => [keyOf("routine", signature), { kind: "function", name: signature, reason }]);
    const isTable = of.table !== undefined || of.kind === "partition";
    const kind = isTable ? "table" : of.kind;
    const name = rootsOf(facts)(of.table ?? of.name);
    const isView = facts.views.some((view) => view.name === name);
    return [[keyOf(isView ? "view" : kind, name), { kind: isView ? "view" : kind, name, reason }]];
  });
}

async function scopeOf(
  database: Database,
  { declared, schemas }: SnapshotOptions,
  isNew: boolean,
): Promise<DeclaredScope> {
  const scope = declared.scope ?? wholePublic;
  const asked = schemas ?? (isNew ? await readSchemaNames(database) : []);
  return { ...scope, schemas: [...new Set([defaultSchema, ...scope.schemas, ...asked])] };
}

function removedIn(lists: readonly Partial<Record<Section, readonly string[] | undefined>>[]) {
  return (section: Section, name: string): boolean =>
    lists.some((removed) => removed[section]?.includes(name));
}
