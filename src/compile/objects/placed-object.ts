import type { DeclaredStatements } from "../../../schema/declared.ts";
import type { SchemaFile } from "../../../schema/schema-file.ts";
import type { Diagnostic, Location } from "../../core/diagnostic.ts";
import type { Parsed, Path } from "../../project/project.ts";
import type { SqlSource, WrittenSql } from "../sql/sql-source.ts";

/** Something declared beside tables and enums: what makes it, where it stands, and which SQL of it a person wrote. */
export type PlacedObject = { object: DeclaredStatements; at: Location; written?: WrittenSql };

/** One file to take declarations from. Problems go into `diagnostics`. */
export type ObjectSource = {
  schema: Parsed<SchemaFile>;
  /** The SQL of `sql:` or of the `file:` beside it; what cannot be read has been reported and is undefined. */
  sqlOf(
    declaration: { sql?: string | undefined; file?: string | undefined },
    path: Path,
  ): SqlSource | undefined;
  diagnostics: Diagnostic[];
};

/** Takes the objects of one kind from a file. */
export type DeclareObjects = (source: ObjectSource) => PlacedObject[];
