import type { Diagnostic, Location } from "../core/diagnostic.ts";
import type { DeclaredObject } from "../database/shadow/render.ts";
import type { ConnectionCatalog, Table } from "./catalog.ts";
import type { Taken } from "./constraint-name.ts";

/** The names that are taken in one schema. Constraints of two tables may have one name, but Postgres gives none twice. */
export type SchemaNames = { relations: Taken; constraints: Taken };

/** The names that are taken in each schema of a connection. */
export type TakenNames = Map<string, SchemaNames>;

/** A table that is being normalised, and what is noted meanwhile. */
export type TableScope = {
  table: Table;
  catalog: ConnectionCatalog;
  names: TakenNames;
  /** Remembers where something stands; `part` narrows a column. */
  note(object: DeclaredObject, at: Location, part?: "type" | "default"): void;
  diagnostics: Diagnostic[];
};
