import type { Binding, SqlLogic, Statement } from "../../../schema/manifest.ts";
import { defaultConnection } from "../../../schema/names.ts";
import { milliseconds } from "../../../schema/quantities.ts";
import type { Diagnostic, Location } from "../../core/diagnostic.ts";
import type { Description } from "../../database/shadow/rehearsal.ts";
import type { SqlProblem } from "../../database/sql-error.ts";
import { caution, problem, startOf } from "../../project/problem.ts";
import type { LogicFile } from "../../project/project.ts";
import { placeOf } from "../../project/text-position.ts";
import type { Context } from "../context.ts";
import { unknownType } from "../known-type.ts";
import type { Question } from "../question.ts";
import { type BoundStatement, bindStatement } from "./bind.ts";
import { lexSql, type Token } from "./lexer.ts";
import { type SqlStatement, splitStatements } from "./split.ts";
import { isWriting, refuseVerb } from "./verb.ts";

/** SQL logic before Postgres has seen it. `finish` gives the call once every question was answered well. */
export type PendingSql = { diagnostics: Diagnostic[]; questions: Question[]; finish(): SqlLogic | undefined };

/** Parses a file of SQL logic and binds its names. */
export function readSqlLogic(logic: LogicFile & { kind: "sql" }, { catalog }: Context): PendingSql {
  const { file, text, front } = logic;
  const nothing = { questions: [], finish: () => undefined };
  const { tokens, unterminated } = lexSql(text, logic.bodyOffset);
  if (unterminated !== undefined) {
    const { what, start } = unterminated;
    return {
      ...nothing,
      diagnostics: [problem(placeOf(file, text, start), "invalid_sql", `This ${what} has no end.`)],
    };
  }
  if (front === undefined) return { ...nothing, diagnostics: [] };
  const statements = splitStatements(tokens);
  if (statements.length === 0)
    return {
      ...nothing,
      diagnostics: [
        problem(
          startOf(file),
          "no_statement",
          `${file} holds no statement.`,
          "Write one below the front matter.",
        ),
      ],
    };

  const connection = front.value.connection ?? defaultConnection;
  const { enums: named, types: others } = catalog.get(connection) ?? {};
  const enums = new Set([...(named?.keys() ?? []), ...(others ?? [])]);
  const params = front.value.params ?? {};
  const bound = statements.map((statement) => bindStatement(statement, { file, text, params, enums }));
  const refused = statements.flatMap((statement) => refusals(statement, file, text));
  const answers: Statement[] = [];
  const untyped = Object.values(params).some(
    ({ type }) => unknownType(type, catalog.get(connection)) !== undefined,
  );
  const broken = untyped || refused.length > 0 || bound.some(({ diagnostics }) => diagnostics.length > 0);
  const placeIn = (one: BoundStatement, position: number | undefined): Location => {
    const origin = one.originOf(unitsOf(one.sql, position));
    const token = tokens.find(({ start, end }) => start <= origin && origin < end) ?? nearest(tokens, origin);
    return placeOf(file, text, token?.start ?? origin, token?.end);
  };
  const questions = bound.map(
    (one, index): Question => ({
      connection,
      sql: one.sql,
      answer(description) {
        if ("error" in description)
          return [refusedBy(description.error, one, placeIn(one, positionOf(description.error, one.sql)))];
        answers[index] = {
          sql: one.sql,
          bindings: one.bindings,
          types: description.parameterTypes,
          result: description.columns,
          places: one.places.map(([offset, origin]) => {
            const { line, column } = placeOf(file, text, origin);
            return [offset, line, column];
          }),
        };
        return index === bound.length - 1 ? judgeResult(description, logic, placeIn(one, undefined)) : [];
      },
    }),
  );
  return {
    diagnostics: [
      ...refused,
      ...bound.flatMap(({ diagnostics }) => diagnostics),
      ...unused(logic, bound),
      ...writes(logic, statements),
    ],
    questions: broken ? [] : questions,
    finish() {
      if (answers.filter((answer) => answer !== undefined).length !== bound.length || broken)
        return undefined;
      const hasResult = (answers.at(-1)?.result.length ?? 0) > 0;
      return {
        kind: "sql",
        access: front.value.access,
        params,
        connection,
        statements: answers,
        returns: front.value.returns ?? (hasResult ? "rows" : "none"),
        ...(front.value.readOnly === true ? { readOnly: true } : {}),
        ...(front.value.cache === undefined ? {} : { cacheMs: milliseconds(front.value.cache) }),
      };
    },
  };
}

function refusals(statement: SqlStatement, file: string, text: string): Diagnostic[] {
  const refusal = refuseVerb(statement, text);
  if (refusal === undefined) return [];
  const { code, message, hint, token } = refusal;
  return [problem(placeOf(file, text, token?.start ?? 0, token?.end), code, message, hint)];
}

function unused({ front }: LogicFile, bound: readonly BoundStatement[]): Diagnostic[] {
  const used = new Set(
    bound.flatMap(({ bindings }) => bindings.flatMap((one) => (one.from === "param" ? [one.name] : []))),
  );
  if (front === undefined) return [];
  return Object.keys(front.value.params ?? {})
    .filter((name) => !used.has(name))
    .map((name) =>
      caution(
        front.at(["params", name], "key"),
        "unused_parameter",
        `No statement uses \`:${name}\`.`,
        "Use it or take it out.",
      ),
    );
}

function writes(
  { front, text }: LogicFile & { kind: "sql" },
  statements: readonly SqlStatement[],
): Diagnostic[] {
  if (front === undefined || !statements.some((statement) => isWriting(statement, text))) return [];
  const { cache, readOnly } = front.value;
  return [
    ...(cache === undefined
      ? []
      : [
          problem(
            front.at(["cache"]),
            "cached_write",
            "A call that writes cannot be cached.",
            "Take out cache.",
          ),
        ]),
    ...(readOnly === true
      ? [problem(front.at(["readOnly"]), "read_only_write", "The call writes.", "Take out readOnly.")]
      : []),
  ];
}

function judgeResult(
  { columns }: Exclude<Description, { error: unknown }>,
  { front }: LogicFile & { kind: "sql" },
  at: Location,
): Diagnostic[] {
  const returns = front?.value.returns;
  if (front === undefined) return [];
  if (returns !== undefined && returns !== "none" && columns.length === 0)
    return [
      problem(
        front.at(["returns"]),
        "no_result",
        "The last statement gives no rows.",
        "Add returning, or write returns: none.",
      ),
    ];
  if (returns === "value" && columns.length > 1)
    return [
      problem(
        front.at(["returns"]),
        "several_columns",
        `The last statement gives ${columns.length} columns, not one value.`,
        "Select one column, or write returns: row.",
      ),
    ];
  const names = columns.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined || returns === "none") return [];
  return [
    problem(
      at,
      "duplicate_column",
      `The result has two columns named \`${twice}\`.`,
      "Name them apart with as.",
    ),
  ];
}

const hints: Readonly<Record<string, string>> = {
  "42P18": "Say its type, as in $claims.NAME::uuid.",
  "42P08": "Write the same cast at every use, as in $user.id::uuid.",
};

/** Postgres' own words, with the names of the file in place of `$1`. */
function refusedBy(
  { sqlstate, message, hint }: SqlProblem,
  { bindings }: BoundStatement,
  at: Location,
): Diagnostic {
  const named = message.replace(
    /\$(\d+)/g,
    (placeholder, number) => nameOf(bindings[Number(number) - 1]) ?? placeholder,
  );
  const said = named.charAt(0).toUpperCase() + named.slice(1);
  return problem(at, "invalid_sql", `${said.replace(/\.$/, "")}.`, hint ?? hints[sqlstate]);
}

const nameOf = (binding: Binding | undefined): string | undefined =>
  binding &&
  { param: `:${binding.name}`, user: `$user.${binding.name}`, claim: `$claims.${binding.name}` }[
    binding.from
  ];

/** Where Postgres points: at a character, or at a parameter by its number. */
function positionOf({ position, message }: SqlProblem, sql: string): number | undefined {
  const parameter = position === undefined ? /\$\d+/.exec(message)?.[0] : undefined;
  const found = parameter === undefined ? -1 : sql.search(new RegExp(`\\${parameter}(?!\\d)`));
  return found === -1 ? position : [...sql.slice(0, found)].length + 1;
}

/** Postgres counts characters from 1, JavaScript UTF-16 units from 0. */
const unitsOf = (sql: string, position: number | undefined): number =>
  [...sql].slice(0, (position ?? 1) - 1).join("").length;

const nearest = (tokens: readonly Token[], origin: number): Token | undefined =>
  tokens.findLast(({ start }) => start <= origin) ?? tokens[0];
