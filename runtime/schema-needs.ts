import type { Manifest, SqlLogic } from "../schema/manifest.ts";
import { tableUses } from "../src/core/table-use.ts";
import { isPlainRead } from "./database/read.ts";
import type { SchemaNeeds } from "./database/schema-mismatch.ts";

/** What the calls of a release use of one connection. */
export const schemaNeeds = (manifest: Omit<Manifest, "server">, connection: string): SchemaNeeds => ({
  schema: manifest.schema[connection] ?? { enums: {}, tables: {} },
  uses: tableUses(connection, manifest.permissions[connection] ?? {}),
  statements: sqlLogicOf(manifest, connection).flatMap(([call, { statements }]) =>
    statements.map(({ sql, bindings }) => ({ call, sql, parameters: bindings.length })),
  ),
});

/** Whether a call is known to write to a connection: by a rule, or by SQL logic. */
export const isWritten = (manifest: Omit<Manifest, "server">, connection: string): boolean =>
  Object.values(manifest.permissions[connection] ?? {}).some((rules) =>
    [rules.insert, rules.update, rules.delete].some((byRole) => Object.keys(byRole ?? {}).length > 0),
  ) ||
  sqlLogicOf(manifest, connection).some(([, { statements }]) =>
    statements.some(({ sql }) => !isPlainRead(sql)),
  );

const sqlLogicOf = (manifest: Omit<Manifest, "server">, connection: string): [string, SqlLogic][] =>
  Object.entries(manifest.logic).flatMap(([call, logic]): [string, SqlLogic][] =>
    logic.kind === "sql" && logic.connection === connection ? [[call, logic]] : [],
  );
