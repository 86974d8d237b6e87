import { lexSql, type Token, type Unterminated } from "./lexer.ts";

/** A CREATE FUNCTION or CREATE PROCEDURE statement, without its semicolon; UTF-16 offsets, `end` exclusive. */
export type RoutineStatement = {
  /** `audit.slugify`, or `slugify` in public. Undefined where the statement is something else. */
  name: string | undefined;
  /** Where the name stands, else the first word. */
  nameStart: number;
  nameEnd: number;
  /** Where FUNCTION or PROCEDURE stands. */
  kindStart: number;
  end: number;
};

/** Cuts a text into statements that make functions and procedures. */
export function routineStatements(text: string): {
  statements: RoutineStatement[];
  unterminated?: Unterminated;
} {
  const { tokens, unterminated } = lexSql(text);
  if (unterminated !== undefined) return { statements: [], unterminated };
  const word = ({ kind, start, end }: Token): string =>
    kind === "word" ? text.slice(start, end).toLowerCase() : "";
  const found: Token[][] = [[]];
  let parentheses = 0;
  // A body in BEGIN ATOMIC has semicolons; what psql counts to find its end is counted here.
  let blocks = 0;
  for (const token of tokens) {
    const current = found.at(-1) ?? [];
    const character = token.kind === "symbol" ? text.charAt(token.start) : "";
    if (character === "(") parentheses += 1;
    if (character === ")") parentheses = Math.max(parentheses - 1, 0);
    if (token.kind === "semicolon" && parentheses === 0 && blocks === 0) {
      found.push([]);
      continue;
    }
    current.push(token);
    if (parentheses > 0) continue;
    const last = current.at(-2);
    if (word(token) === "atomic" && last !== undefined && word(last) === "begin") blocks = 1;
    else if (blocks > 0 && word(token) === "case") blocks += 1;
    else if (blocks > 0 && word(token) === "end") blocks -= 1;
  }
  return {
    statements: found.flatMap((statement) => {
      const read = readStatement(statement, text, word);
      return read === undefined ? [] : [read];
    }),
  };
}

function readStatement(
  tokens: readonly Token[],
  text: string,
  word: (token: Token) => string,
): RoutineStatement | undefined {
  const [first] = tokens;
  const end = tokens.at(-1)?.end;
  if (first === undefined || end === undefined) return undefined;
  const words = tokens.slice(0, 4).map(word);
  const at = words[0] === "create" && words[1] === "or" && words[2] === "replace" ? 3 : 1;
  const kind = tokens[at];
  const isRoutine = words[0] === "create" && /^(?:function|procedure)$/.test(words[at] ?? "");
  const name = isRoutine ? nameAt(tokens.slice(at + 1), text) : undefined;
  return name === undefined || kind === undefined
    ? { name: undefined, nameStart: first.start, nameEnd: first.end, kindStart: first.start, end }
    : { ...name, kindStart: kind.start, end };
}

/** A name up to its parenthesis: `slugify`, `audit."Slugify"`. */
function nameAt(
  tokens: readonly Token[],
  text: string,
): { name: string; nameStart: number; nameEnd: number } | undefined {
  const open = tokens.findIndex(({ kind, start }) => kind === "symbol" && text.charAt(start) === "(");
  const [first] = tokens;
  const last = tokens[open - 1];
  if (first === undefined || last === undefined) return undefined;
  const written = text.slice(first.start, last.end);
  const parts = [...written.matchAll(/"((?:[^"]|"")*)"|([^\s."]+)/g)].map(
    ([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain.toLowerCase(),
  );
  const [schema, local] = parts.length === 2 ? parts : ["public", ...parts];
  if (parts.length > 2 || local === undefined) return undefined;
  return {
    name: schema === "public" ? local : `${schema}.${local}`,
    nameStart: first.start,
    nameEnd: last.end,
  };
}
