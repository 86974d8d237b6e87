import { join } from "node:path";
import { type Diagnostic, inReadingOrder } from "../core/diagnostic.ts";
import type { Project } from "../project/project.ts";
import { askPostgres } from "./ask.ts";
import { emptyCatalog, readCatalog } from "./catalog.ts";
import { checkRules } from "./check-rules.ts";
import type { Compilation } from "./compilation.ts";
import { contextOf } from "./context.ts";
import { declareConnection } from "./declare.ts";
import { parameterQuestions, setQuestions } from "./expressions.ts";
import { assembleManifest } from "./manifest.ts";
import { compileModules } from "./module-logic.ts";
import type { OpenShadow } from "./rehearsal.ts";
import { readSqlLogic } from "./sql/sql-logic.ts";
import { ruleValueQuestions } from "./value-questions.ts";

/** `cacheDirectory`: `.stk/cache` in the project without it. `openShadow`: PGlite without it, loaded when needed. */
export type CompileOptions = { cacheDirectory?: string; openShadow?: OpenShadow };

/**
 * Compiles a project. Every problem is collected, those that only Postgres finds among them: the declared schemas
 * and every statement are tried in an embedded one, unless it was asked the same before.
 *
 * @example const { manifest, diagnostics } = await compileProject(await readProject(findProject(process.cwd())));
 */
export async function compileProject(project: Project, options: CompileOptions = {}): Promise<Compilation> {
  const cacheDirectory = options.cacheDirectory ?? join(project.root, ".stk", "cache");
  const { catalog, diagnostics: duplicates } = readCatalog(project.schemas, project.schemaSql);
  const context = contextOf(project, catalog);
  const names = new Set([...Object.keys(project.connections?.value ?? {}), ...catalog.keys()]);
  const connections = new Map(
    [...names].sort().map((name) => {
      const own = catalog.get(name) ?? emptyCatalog(name);
      return [name, { catalog: own, declaration: declareConnection(own) }] as const;
    }),
  );
  const declared = [...connections].map(([name, { declaration }]) => [name, declaration] as const);

  const parameterTypes = new Map<string, string>();
  const sql = project.logic.flatMap((logic) =>
    logic.kind === "sql" ? [{ path: logic.path, pending: readSqlLogic(logic, context) }] : [],
  );
  const questions = [
    ...parameterQuestions(context, (connection, type, name) =>
      parameterTypes.set(`${connection} ${type}`, name),
    ),
    ...setQuestions(context),
    ...ruleValueQuestions(context),
    ...sql.flatMap(({ pending }) => pending.questions),
  ];
  const [answers, compiled] = await Promise.all([
    askPostgres(connections, questions, cacheDirectory, options.openShadow ?? openEmbedded),
    compileModules(project, cacheDirectory),
  ]);

  const found = [
    ...project.diagnostics,
    ...duplicates,
    ...checkRules(context),
    ...declared.flatMap(([, { diagnostics }]) => diagnostics),
    ...sql.flatMap(({ pending }) => pending.diagnostics),
    ...compiled.diagnostics,
  ];
  const said = [...answers.values()].flatMap((answer) => answer.diagnostics);
  const redact = (text: string): string => compiled.redact(project.redact(text));
  const diagnostics = inReadingOrder([...found, ...withoutEchoes(said, found)]).map((one) =>
    redacted(one, redact),
  );
  const calls = [...sql.map(({ path, pending }) => [path, pending.finish()] as const), ...compiled.logic];
  const isValid = diagnostics.every(({ severity }) => severity !== "error");
  return {
    root: project.root,
    manifest: isValid
      ? assembleManifest({ project, catalog, schemas: declared, answers, calls, parameterTypes })
      : undefined,
    modules: compiled.modules.flatMap(({ path, code, map }) => [
      { path: `logic/${path}.mjs`, content: Buffer.from(code) },
      { path: `maps/logic/${path}.mjs.map`, content: Buffer.from(map) },
    ]),
    diagnostics,
    declared: Object.fromEntries(
      declared.map(([name, { schema, hints }]) => [name, { ...schema, ...hints }]),
    ),
    sources: new Map([...compiled.sources, ...project.sources]),
  };
}

const openEmbedded: OpenShadow = async () => (await import("../database/shadow/shadow.ts")).openShadow();

/** Postgres says again what a rule has said of the same place, in other words. */
function withoutEchoes(said: readonly Diagnostic[], found: readonly Diagnostic[]): Diagnostic[] {
  const placeOf = ({ file, line, column }: Diagnostic): string => `${file}:${line}:${column}`;
  const places = new Set(found.filter(({ severity }) => severity === "error").map(placeOf));
  return said.filter((one) => !places.has(placeOf(one)));
}

const redacted = (diagnostic: Diagnostic, redact: (text: string) => string): Diagnostic => ({
  ...diagnostic,
  message: redact(diagnostic.message),
  ...(diagnostic.hint === undefined ? {} : { hint: redact(diagnostic.hint) }),
});
