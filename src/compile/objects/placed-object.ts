import type { DeclaredStatements } from "../../../schema/declared.ts";
import type { SchemaFile } from "../../../schema/schema-file.ts";
import type { Diagnostic, Location } from "../../core/diagnostic.ts";
import type { Parsed, Path } from "../../project/project.ts";

/** Something declared beside tables and enums: what makes it, and where it stands. */
export type PlacedObject = { object: DeclaredStatements; at: Location };

/** One file to take declarations from. Problems go into `diagnostics`. */
export type ObjectSource = {
  schema: Parsed<SchemaFile>;
  /** The text of `sql:` or of the `file:` beside it; what cannot be read has been reported and is undefined. */
  sqlOf(declaration: { sql?: string | undefined; file?: string | undefined }, path: Path): string | undefined;
  diagnostics: Diagnostic[];
};

/** Takes the objects of one kind from a file. */
export type DeclareObjects = (source: ObjectSource) => PlacedObject[];
