import type { PlannableSchema } from "../../schema/declared.ts";
import { readCatalog } from "../compile/catalog.ts";
import { declareConnection } from "../compile/declare.ts";
import { type Diagnostic, inReadingOrder } from "../core/diagnostic.ts";
import type { Project } from "../project/project.ts";

/** What the files of `schema/` declare, by connection, and what is wrong in them. The rest of a project is not looked at. */
export function declaredSchemas(project: Project): {
  declared: ReadonlyMap<string, PlannableSchema>;
  diagnostics: Diagnostic[];
} {
  const { catalog, diagnostics } = readCatalog(project.schemas, project.schemaSql);
  const connections = [...catalog].map(([name, own]) => [name, declareConnection(own)] as const);
  const found = [
    ...project.diagnostics.filter(({ file }) => file.startsWith("schema/")),
    ...diagnostics,
    ...connections.flatMap(([, declaration]) => declaration.diagnostics),
  ];
  return {
    declared: new Map(connections.map(([name, { schema, hints }]) => [name, { ...schema, ...hints }])),
    diagnostics: inReadingOrder(found),
  };
}
