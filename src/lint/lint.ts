import { readCatalog } from "../compile/catalog.ts";
import { type Declaration, declareConnection } from "../compile/declare.ts";
import { type Diagnostic, inReadingOrder, type Location } from "../core/diagnostic.ts";
import type { Shadow } from "../database/shadow/shadow.ts";
import { startOf } from "../project/problem.ts";
import type { Project } from "../project/project.ts";
import { exceptionsIn } from "./exceptions.ts";
import type { Finding, Rule } from "./rule.ts";
import { rules } from "./rules.ts";

/**
 * Everything that the rules find in the declared schemas of a project that is valid, but what a declaration says is
 * meant so; and what it says so of in vain.
 */
export async function lintProject(
  project: Project,
  shadow: Pick<Shadow, "model">,
  connections?: readonly string[],
): Promise<Diagnostic[]> {
  const { catalog } = readCatalog(project.schemas, project.schemaSql);
  const wanted = [...catalog].filter(([name]) => connections?.includes(name) ?? true);
  const exceptions = exceptionsIn(project.schemas, new Set(wanted.map(([name]) => name)));
  const diagnostics: Diagnostic[] = [];
  for (const [name, own] of wanted) {
    const declaration = declareConnection(own);
    const { schema: declared, hints } = declaration;
    const model = await shadow.model({ ...declared, ...hints });
    for (const rule of rules)
      for (const finding of rule.check({ declared, model })) {
        const at = placeOf(declaration, finding);
        if (!exceptions.allow(name, rule.code, finding.of, at))
          diagnostics.push(asDiagnostic(rule, finding, at));
      }
  }
  return inReadingOrder([...diagnostics, ...exceptions.inVain()]);
}

/** What is of a table stands at least in the table. */
function placeOf({ placeOf }: Declaration, { of, part }: Finding): Location {
  const table = of.table === undefined ? undefined : placeOf({ kind: "table", name: of.table });
  return placeOf(of, part) ?? table ?? startOf("schema");
}

const asDiagnostic = (
  { code, severity, why, wayOut }: Rule,
  { message }: Finding,
  at: Location,
): Diagnostic => ({
  ...at,
  code,
  severity,
  message: `${message} ${why}`,
  hint: `${wayOut}`,
});
