import type { Token } from "./lexer.ts";

/** One statement's tokens, without the semicolon. */
export type SqlStatement = readonly Token[];

/** Cuts tokens at semicolons; empty statements are left out. */
export function splitStatements(tokens: readonly Token[]): SqlStatement[] {
  const statements: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === "semicolon") statements.push([]);
    else statements.at(-1)?.push(token);
  }
  return statements.filter((statement) => statement.length > 0);
}
