import type { DeclaredKeyRename, DeclaredTransition, PlanningHints } from "../../schema/declared.ts";
import { defaultSchema } from "../../schema/names.ts";
import type { SchemaFile } from "../../schema/schema-file.ts";
import type { ConnectionCatalog } from "./catalog.ts";
import { unmanagedIn } from "./objects/partitions.ts";

/** What the files of a connection say for planning alone. */
export function planningHints(
  { files, renames, removals, tables }: ConnectionCatalog,
  keyRenames: readonly DeclaredKeyRename[],
): PlanningHints {
  const unmanagedPartitions = [...tables.values()].flatMap(({ name, declaration }) =>
    unmanagedIn(name, declaration.partitions),
  );
  const removedSchemas = files.flatMap(({ removed }) => removed?.schemas ?? []);
  const schemas = [
    ...new Set([
      defaultSchema,
      ...files.flatMap((file) => Object.keys(file.schemas ?? {})),
      ...removedSchemas,
    ]),
  ];
  const ignore = files.flatMap((file) => file.ignore ?? []);
  const sequences = files.flatMap((file) => [
    ...Object.keys(file.sequences ?? {}),
    ...(file.removed?.sequences ?? []),
  ]);
  const versions = files.flatMap((file) =>
    Object.entries(file.extensions ?? {}).flatMap(([name, { version }]) =>
      version === undefined ? [] : [name],
    ),
  );
  const scope = {
    schemas,
    ignore,
    unmanagedPartitions,
    ...(sequences.length === 0 ? {} : { sequences }),
    ...(versions.length === 0 ? {} : { versions }),
  };
  const isPlain =
    schemas.length === 1 &&
    [ignore, unmanagedPartitions, sequences, versions].every(({ length }) => length === 0);
  const approved = approvals(files);
  const backfills = [...tables.values()].flatMap(({ name, declaration }) => {
    const own = Object.entries(declaration.columns).flatMap(([column, { backfill }]) =>
      backfill === undefined ? [] : [[column, backfill] as const],
    );
    return own.length === 0 ? [] : [[name, Object.fromEntries(own)] as const];
  });
  const unvalidated = [...tables.values()].flatMap(({ name: table, declaration }) => [
    ...Object.entries(declaration.checks ?? {}).flatMap(([name, check]) =>
      typeof check === "object" && check.validated === false ? [{ table, name }] : [],
    ),
    ...(declaration.foreignKeys ?? []).flatMap(({ name, validated }) =>
      name !== undefined && validated === false ? [{ table, name }] : [],
    ),
  ]);
  const transition: DeclaredTransition = {
    renames: renames.map(({ at, ...rename }) => rename),
    removals: removals.map(({ at, ...removal }) => removal),
    ...(keyRenames.length === 0 ? {} : { keyRenames }),
    ...(unvalidated.length === 0 ? {} : { unvalidated }),
  };
  return {
    ...(renames.length + removals.length + keyRenames.length + unvalidated.length === 0
      ? {}
      : { transition }),
    ...(isPlain ? {} : { scope }),
    ...(Object.keys(approved).length === 0 ? {} : { approved }),
    ...(backfills.length === 0 ? {} : { backfills: Object.fromEntries(backfills) }),
  };
}

function approvals(files: readonly SchemaFile[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { approved = {} } of files)
    for (const [object, codes] of Object.entries(approved))
      found[object] = [...(found[object] ?? []), ...codes];
  return found;
}
