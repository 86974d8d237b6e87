import type { Database } from "../database.ts";
import { quoteName } from "../identifier.ts";
import type { Model } from "../model/model.ts";
import type { ModelChange } from "./model-changes.ts";

const catalogs = {
  enum: { oid: "to_regtype($1)", catalog: "pg_type", owner: "typowner" },
  domain: { oid: "to_regtype($1)", catalog: "pg_type", owner: "typowner" },
  composite: { oid: "to_regtype($1)", catalog: "pg_type", owner: "typowner" },
  schema: { oid: "to_regnamespace($1)", catalog: "pg_namespace", owner: "nspowner" },
  routine: { oid: "to_regprocedure($1)", catalog: "pg_proc", owner: "proowner" },
  table: { oid: "to_regclass($1)", catalog: "pg_class", owner: "relowner" },
  partition: { oid: "to_regclass($1)", catalog: "pg_class", owner: "relowner" },
  view: { oid: "to_regclass($1)", catalog: "pg_class", owner: "relowner" },
  materializedView: { oid: "to_regclass($1)", catalog: "pg_class", owner: "relowner" },
  sequence: { oid: "to_regclass($1)", catalog: "pg_class", owner: "relowner" },
};

const isCatalogued = (kind: string): kind is keyof typeof catalogs => Object.hasOwn(catalogs, kind);

/**
 * The role that owns something that came, which is who made it unless it was given away. Postgres knows no more: not
 * who changed what was there, and not who dropped what is gone.
 */
export async function ownerOf(
  database: Database,
  { key, change, object }: ModelChange,
  live: Model,
): Promise<string | undefined> {
  const kind = key.slice(0, key.indexOf(":"));
  if (change !== "added" || !isCatalogued(kind)) return undefined;
  const { oid, catalog, owner } = catalogs[kind];
  const signature = live.objects.get(key)?.facts.signature;
  const [row] = await database.query<{ owner: string }>(
    `select pg_get_userbyid(${owner})::text as owner from ${catalog} where oid = ${oid}`,
    [typeof signature === "string" ? signature : quoteName(object)],
  );
  return row?.owner;
}
