import type { Diagnostic } from "../core/diagnostic.ts";
import type { Rehearsal } from "../database/shadow/rehearsal.ts";
import type { ConnectionCatalog } from "./catalog.ts";
import type { Declaration } from "./declare.ts";
import type { Question } from "./question.ts";
import { type OpenShadow, rehearseAll } from "./rehearsal.ts";
import { schemaProblems } from "./schema-answer.ts";

/** What Postgres said of one connection's schema, and what its answers mean for the project. */
export type Answer = { rehearsal: Rehearsal; diagnostics: Diagnostic[] };

/** Asks Postgres about every declared schema and every question, connection by connection. */
export async function askPostgres(
  declarations: ReadonlyMap<string, { declaration: Declaration; catalog: ConnectionCatalog }>,
  questions: readonly Question[],
  cacheDirectory: string,
  open: OpenShadow,
): Promise<Map<string, Answer>> {
  const byConnection = Map.groupBy(questions, ({ connection }) => connection);
  const asked = [...declarations].map(([name, one]) => ({
    name,
    ...one,
    questions: byConnection.get(name) ?? [],
  }));
  const requests = asked.map(({ declaration, questions: own }) => ({
    declared: declaration.schema,
    statements: own.map(({ sql }) => sql),
  }));
  const rehearsals = await rehearseAll(requests, cacheDirectory, open);
  return new Map(
    asked.flatMap(({ name, declaration, catalog, questions: own }, index) => {
      const rehearsal = rehearsals[index];
      if (rehearsal === undefined) return [];
      const missing = missingNames(catalog, rehearsal);
      const diagnostics = own.flatMap(({ answer }, position) => {
        const description = rehearsal.descriptions[position];
        if (description === undefined) return [];
        const isEcho = "error" in description && namesOneOf(description.error, missing);
        const said = answer(description);
        return isEcho ? [] : said;
      });
      return [
        [
          name,
          {
            rehearsal,
            diagnostics: [...schemaProblems(rehearsal, declaration, catalog.objects), ...diagnostics],
          },
        ] as const,
      ];
    }),
  );
}

/** What stands in the files but could not be made: what else fails for the lack of it is not to blame. */
function missingNames({ tables, enums }: ConnectionCatalog, { columnTypes, problems }: Rehearsal): string[] {
  const made = (table: string, column: string): boolean =>
    Object.hasOwn(columnTypes, table) && Object.hasOwn(columnTypes[table] ?? {}, column);
  const refused = problems.map(({ of }) => of.name).filter((name) => enums.has(name));
  const lost = [...tables.values()].flatMap(({ name, columns }) => [
    ...(Object.hasOwn(columnTypes, name) ? [] : [name]),
    ...[...columns.keys()].filter((column) => !made(name, column)),
  ]);
  return [...new Set([...refused, ...lost])];
}

const undefinedObject = new Set(["42703", "42P01", "42704"]);

const namesOneOf = (
  { sqlstate, message }: { sqlstate: string; message: string },
  names: readonly string[],
): boolean =>
  undefinedObject.has(sqlstate) &&
  names.some((name) => message.includes(`"${name}"`) || message.includes(`.${name} `));
