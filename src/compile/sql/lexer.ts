/** A lexical piece of SQL with its UTF-16 offsets; `end` is exclusive. White space and comments are none. */
export type Token = {
  kind:
    | "word"
    | "quoted"
    | "string"
    | "number"
    | "symbol"
    | "semicolon"
    | "parameter"
    | "caller"
    | "positional";
  start: number;
  end: number;
};

/** Something that begins and never ends. */
export type Unterminated = {
  what: "string" | "quoted identifier" | "comment" | "dollar-quoted string";
  start: number;
};

/** The tokens of a text, and where it broke off. */
export type Lexed = { tokens: Token[]; unterminated?: Unterminated };

const space = /[ \t\n\r\f\v]+/y;
const lineComment = /--[^\n\r]*/y;
const word = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y;
const number = /(?:\d|\.\d)(?:[eE][+-]\d|[A-Za-z0-9_]|\.(?!\.))*/y;
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
const positional = /\$\d+/y;
const caller = /\$[A-Za-z_][A-Za-z0-9_]*(?:\.(?:[A-Za-z_][A-Za-z0-9_]*|"[^"\n]+"))*/y;
const parameter = /:[A-Za-z_][A-Za-z0-9_]*/y;
// A doubled quote ends one piece and begins the next: where strings and names stand is all that matters here.
const plainString = /'[^']*'/y;
const quotedName = /"[^"]*"/y;
const escapeString = /'[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*'/y;
// A string goes on after white space that holds a line end (PostgreSQL documentation, 4.1.2.1).
const continuation = /(?:[ \t\f\v]|--[^\n\r]*)*[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*(?=')/y;
const commentEdge = /\/\*|\*\//g;

/** Words after which a value may follow, so that in `[` `]` a colon after them does not slice. */
const valueFollows = new Set([
  "and",
  "or",
  "not",
  "then",
  "else",
  "when",
  "case",
  "in",
  "like",
  "ilike",
  "is",
  "between",
]);

/**
 * Cuts SQL as Postgres' scanner does (PostgreSQL documentation, 4.1), with two additions: `:name` is a parameter,
 * `$user.id` a value of the caller's. `::` casts, `:=` names an argument, and after an operand a colon slices.
 */
export function lexSql(text: string, from = 0): Lexed {
  const tokens: Token[] = [];
  const brackets: string[] = [];
  let at = from;
  const match = (form: RegExp, start = at): number | undefined => {
    form.lastIndex = start;
    return form.test(text) ? form.lastIndex : undefined;
  };
  const push = (kind: Token["kind"], end: number): void => {
    tokens.push({ kind, start: at, end });
    at = end;
  };
  const broken = (what: Unterminated["what"]): Lexed => ({ tokens, unterminated: { what, start: at } });

  while (at < text.length) {
    const blank = match(space) ?? match(lineComment);
    if (blank !== undefined) {
      at = blank;
      continue;
    }
    const character = text.charAt(at);
    if (text.startsWith("/*", at)) {
      const end = endOfComment(text, at);
      if (end === undefined) return broken("comment");
      at = end;
    } else if (character === "'") {
      const end = match(plainString);
      if (end === undefined) return broken("string");
      push("string", end);
    } else if (character === '"') {
      const end = match(quotedName);
      if (end === undefined) return broken("quoted identifier");
      push("quoted", end);
    } else if (/[eE]/.test(character) && text.charAt(at + 1) === "'") {
      const end = endOfEscapeString(at + 1, match);
      if (end === undefined) return broken("string");
      push("string", end);
    } else if (character === "$") {
      const tag = match(dollarTag);
      if (tag !== undefined) {
        const delimiter = text.slice(at, tag);
        const close = text.indexOf(delimiter, tag);
        if (close === -1) return broken("dollar-quoted string");
        push("string", close + delimiter.length);
      } else {
        const number = match(positional);
        if (number !== undefined) push("positional", number);
        else {
          const value = match(caller);
          push(value === undefined ? "symbol" : "caller", value ?? at + 1);
        }
      }
    } else if (character === ":") {
      const name = match(parameter);
      if (text.startsWith("::", at) || text.startsWith(":=", at)) push("symbol", at + 2);
      else if (name !== undefined && !isSlice(tokens.at(-1), brackets.at(-1), text)) push("parameter", name);
      else push("symbol", at + 1);
    } else {
      const name = match(word);
      const digits = match(number);
      if (name !== undefined) push("word", name);
      else if (digits !== undefined) push("number", digits);
      else {
        if (character === "[" || character === "(") brackets.push(character);
        if (character === "]" || character === ")") brackets.pop();
        push(character === ";" ? "semicolon" : "symbol", at + 1);
      }
    }
  }
  return { tokens };
}

/** Whether a colon after `last` stands between two operands, as in `a[1:n]` and `json_object('key':value)`. */
function isSlice(last: Token | undefined, bracket: string | undefined, text: string): boolean {
  if (last === undefined) return false;
  if (last.kind === "symbol") return /[\])]/.test(text.charAt(last.start));
  if (last.kind !== "word") return last.kind !== "semicolon";
  return bracket === "[" && !valueFollows.has(text.slice(last.start, last.end).toLowerCase());
}

/** Block comments nest. */
function endOfComment(text: string, start: number): number | undefined {
  let depth = 0;
  commentEdge.lastIndex = start;
  for (let edge = commentEdge.exec(text); edge !== null; edge = commentEdge.exec(text)) {
    depth += edge[0] === "/*" ? 1 : -1;
    if (depth === 0) return commentEdge.lastIndex;
  }
  return undefined;
}

function endOfEscapeString(
  start: number,
  match: (form: RegExp, from?: number) => number | undefined,
): number | undefined {
  let end = match(escapeString, start);
  while (end !== undefined) {
    const next = match(continuation, end);
    if (next === undefined) return end;
    end = match(escapeString, next);
  }
  return undefined;
}
