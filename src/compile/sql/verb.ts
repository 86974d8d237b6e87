import type { SqlStatement } from "./split.ts";

const reading = ["select", "values", "table", "with"];
const writing = ["insert", "update", "delete", "merge"];

const transaction = [
  "begin",
  "start",
  "commit",
  "end",
  "rollback",
  "abort",
  "savepoint",
  "release",
  "prepare",
];

/** Why a statement may not stand in logic. */
export type Refusal = {
  code: string;
  message: string;
  hint: string;
  token: SqlStatement[number] | undefined;
};

/** Judges a statement by its words: logic reads and writes rows, and nothing else. */
export function refuseVerb(statement: SqlStatement, text: string): Refusal | undefined {
  const words = wordsOf(statement, text);
  const first = statement.find(({ kind, start }) => kind !== "symbol" || text.charAt(start) !== "(");
  const verb = words[0]?.word ?? "";
  const token = words[0]?.token ?? statement[0];
  if (transaction.includes(verb)) {
    const hint = "The statements of a file run in one transaction already: take it out.";
    return { code: "transaction_control", message: `\`${verb}\` cannot stand in logic.`, hint, token };
  }
  if (first !== words[0]?.token || ![...reading, ...writing].includes(verb)) {
    const shown = first === undefined ? "" : text.slice(first.start, first.end);
    const hint =
      verb === "set" || verb === "reset"
        ? "A setting holds until the end of the transaction by select set_config('NAME', 'VALUE', true)."
        : "Logic is made of select, values, insert, update, delete, merge and with.";
    return {
      code: "unsupported_statement",
      message: `\`${shown.slice(0, 40)}\` cannot begin a statement of logic.`,
      hint,
      token: first,
    };
  }
  const into = words.find(
    ({ word }, index) => word === "into" && !["insert", "merge"].includes(words[index - 1]?.word ?? ""),
  );
  if (into === undefined) return refuseSetting(statement, text);
  const hint = "Declare the table in schema/ and use insert into ... select.";
  return {
    code: "unsupported_statement",
    message: "`select into` would make a table.",
    hint,
    token: into.token,
  };
}

/** A setting that outlives its transaction would be that of other callers, whose session it is next. */
function refuseSetting(statement: SqlStatement, text: string): Refusal | undefined {
  const shown = ({ start, end }: SqlStatement[number]) => text.slice(start, end).toLowerCase();
  for (const [index, token] of statement.entries()) {
    if (!/^"?set_config"?$/.test(shown(token))) continue;
    let depth = 0;
    const length = statement.slice(index + 1).findIndex((one) => {
      if (one.kind === "symbol") depth += { "(": 1, ")": -1 }[shown(one)] ?? 0;
      return depth === 0;
    });
    const last = statement[index + length];
    if (length <= 0 || last === undefined || shown(last) === "true") continue;
    return {
      code: "session_setting",
      message: "The setting would outlive the call, and hold for other callers.",
      hint: "Write true as the last argument of set_config: until the end of the transaction.",
      token,
    };
  }
  return undefined;
}

/** Whether a statement writes rows, at its top or within `with`. */
export const isWriting = (statement: SqlStatement, text: string): boolean =>
  wordsOf(statement, text).some(
    ({ word }, index, all) =>
      writing.includes(word) &&
      (index === 0 || !["for", "key", "do", "then"].includes(all[index - 1]?.word ?? "")),
  );

const wordsOf = (statement: SqlStatement, text: string) =>
  statement
    .filter(({ kind }) => kind === "word")
    .map((token) => ({ token, word: text.slice(token.start, token.end).toLowerCase() }));
