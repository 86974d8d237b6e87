import type { Diagnostic, Location } from "../core/diagnostic.ts";
import type { DeclaredObject } from "../database/shadow/render.ts";
import type { ConnectionCatalog, Table } from "./catalog.ts";
import type { TakenNames } from "./taken-names.ts";

/** A table that is being normalised, and what is noted meanwhile. */
export type TableScope = {
  table: Table;
  catalog: ConnectionCatalog;
  names: TakenNames;
  /** Remembers where something stands; `part` narrows a column. */
  note(object: DeclaredObject, at: Location, part?: "type" | "default"): void;
  diagnostics: Diagnostic[];
};
