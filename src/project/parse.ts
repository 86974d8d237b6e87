import type { z } from "zod";
import type { Diagnostic } from "../core/diagnostic.ts";
import { explainIssues, valueAt } from "./issue.ts";
import { problem } from "./problem.ts";
import type { Parsed, Path } from "./project.ts";
import { readYaml } from "./yaml.ts";

const mostRounds = 20;

/** A document and what is wrong with it; `parsed` is absent where nothing of it could be read. */
export type ParseResult<T> = { parsed?: Parsed<T>; diagnostics: Diagnostic[] };

/**
 * Reads a YAML document by its format. What does not fit is reported and left out, so that the checks that follow
 * can still judge the rest. An empty document is an empty mapping.
 */
export function parseDeclaration<T>(format: z.ZodType<T>, text: string, file: string): ParseResult<T> {
  const { value, at, diagnostics } = readYaml(text, file);
  if (value === undefined && diagnostics.length > 0) return { diagnostics };
  const raw = value ?? {};
  const seen = new Set<string>();
  let rest: unknown = structuredClone(raw);
  for (let round = 0; round < mostRounds; round += 1) {
    const result = format.safeParse(rest);
    if (result.success) return { parsed: { file, value: result.data, raw, at }, diagnostics };
    const problems = explainIssues(result.error.issues, format, rest);
    for (const { code, message, hint, path, part, absent, isSaid } of problems) {
      // Said already, or there but taken out by an earlier round.
      if (isSaid || (absent !== undefined && valueAt(raw, absent) !== undefined)) continue;
      const diagnostic = problem(at(path, part), code, message, hint);
      const identity = JSON.stringify(diagnostic);
      if (!seen.has(identity)) diagnostics.push(diagnostic);
      seen.add(identity);
    }
    if (problems.some(({ remove }) => remove.length === 0)) break;
    for (const { remove } of problems) rest = without(rest, remove);
  }
  return { diagnostics };
}

/** A copy that lacks what is at `path`. A list goes as a whole, for the places of its other items to stay true. */
function without(value: unknown, path: Path): unknown {
  const [step, ...below] = path;
  if (step === undefined || Array.isArray(value)) return undefined;
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).flatMap(([key, member]) => {
    if (key !== String(step)) return [[key, member] as const];
    const left = below.length === 0 ? undefined : without(member, below);
    return left === undefined ? [] : [[key, left] as const];
  });
  return Object.fromEntries(members);
}
