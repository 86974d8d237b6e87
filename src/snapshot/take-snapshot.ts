import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DeclaredScope, PlannableSchema } from "../../schema/declared.ts";
import { defaultSchema } from "../../schema/names.ts";
import { wholePublic } from "../database/catalog/scope.ts";
import type { Database } from "../database/database.ts";
import type { Shadow } from "../database/shadow/shadow.ts";
import type { Facts } from "../database/snapshot/facts.ts";
import { readFacts, readSchemaNames } from "../database/snapshot/read-facts.ts";
import { inSnapshot } from "../database/transaction.ts";
import type { Project } from "../project/project.ts";
import type { LeftOut } from "./left-out.ts";
import { connectionOf, type FileChange, mergeFiles } from "./merge-files.ts";
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
  shadow: Pick<Shadow, "read">;
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
  const live = withoutSecrets(facts, scope);
  const asDeclared: Facts = await shadow.read(declared, (made) =>
    readFacts(made, declared.scope?.schemas ?? wholePublic.schemas),
  );
  const read = (file: string): [string, string] => [file, readFileSync(join(project.root, file), "utf8")];
  const merged = mergeFiles({
    connection,
    yaml: new Map(own.map(({ file }) => read(file))),
    sql: new Map([...project.schemaSql.keys()].map(read)),
    isRemoved: removedIn(own.map(({ value }) => value.removed ?? {})),
    declared: snapshotOf(asDeclared, scope),
    live,
  });
  return { ...merged, leftOut: live.leftOut };
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
