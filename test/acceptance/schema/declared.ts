import type { PlannableSchema } from "../../../schema/declared.ts";
import { schemaFile } from "../../../schema/schema-file.ts";
import { emptyCatalog, readCatalog } from "../../../src/compile/catalog.ts";
import { declareConnection } from "../../../src/compile/declare.ts";
import { parseDeclaration } from "../../../src/project/parse.ts";

/** A declared schema from the text of one file of `schema/`. */
export function declaredFrom(yaml: string): PlannableSchema {
  const { parsed, diagnostics: unread } = parseDeclaration(schemaFile, yaml, "schema/test.yaml");
  const { catalog, diagnostics } = readCatalog(parsed === undefined ? [] : [parsed]);
  const connection = catalog.get("main") ?? emptyCatalog("main");
  const declaration = declareConnection(connection);
  const problems = [...unread, ...diagnostics, ...declaration.diagnostics];
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join("\n"));
  return { ...declaration.schema, ...declaration.hints };
}
