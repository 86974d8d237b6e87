import type { Diagnostic } from "../../core/diagnostic.ts";
import { problem } from "../../project/problem.ts";
import { type RoutineStatement, routineStatements } from "../sql/routine-statements.ts";
import type { SqlSource } from "../sql/sql-source.ts";
import type { DeclareObjects, PlacedObject } from "./placed-object.ts";

/** Functions and procedures (PostgreSQL documentation, CREATE FUNCTION), each of its statements by itself. */
export const declareRoutines: DeclareObjects = ({ schema, sqlOf, diagnostics }) =>
  Object.entries(schema.value.functions ?? {}).flatMap(([name, routine]) => {
    const source = sqlOf(routine, ["functions", name]);
    return source === undefined ? [] : routinesIn(source, name, diagnostics);
  });

function routinesIn(source: SqlSource, name: string, diagnostics: Diagnostic[]): PlacedObject[] {
  const { statements, unterminated } = routineStatements(source.text);
  const report = (start: number, end: number, message: string, hint: string): void => {
    diagnostics.push(problem(source.at({ start, end }), "invalid_function", message, hint));
  };
  if (unterminated !== undefined)
    report(unterminated.start, unterminated.start + 1, `This ${unterminated.what} has no end.`, "End it.");
  else if (statements.length === 0)
    report(0, 1, "There is no function here.", `Write: create function ${name}() ...`);
  return statements.flatMap((statement) => {
    const { nameStart, nameEnd, kindStart, end } = statement;
    const wrong = problemOf(statement, name, source.text);
    if (wrong !== undefined) {
      report(nameStart, nameEnd, wrong.message, wrong.hint);
      return [];
    }
    // OR REPLACE would hide that two of them take the same arguments.
    const head = "create ";
    const sql = `${head}${source.text.slice(kindStart, end)}`;
    return [
      {
        object: { kind: "routine", name, sql: [sql] },
        at: source.at({ start: nameStart, end: nameEnd }),
        written: { sql, begin: head.length, source, start: kindStart },
      },
    ];
  });
}

function problemOf(
  { name, nameStart, nameEnd }: RoutineStatement,
  declared: string,
  text: string,
): { message: string; hint: string } | undefined {
  if (name === declared) return undefined;
  if (name === undefined)
    return {
      message: `\`${text.slice(nameStart, nameEnd).slice(0, 40)}\` begins no create function or create procedure.`,
      hint: "Only these stand here. Rights, owners and comments are not part of a function's SQL.",
    };
  return {
    message: `This makes \`${name}\`, and it is declared as \`${declared}\`.`,
    hint: "Give them the same name: NAME in public, SCHEMA.NAME elsewhere.",
  };
}
