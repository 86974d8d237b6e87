import type { ParameterDeclaration } from "../../../schema/logic.ts";
import type { Binding } from "../../../schema/manifest.ts";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { suggest } from "../../core/suggest.ts";
import { problem } from "../../project/problem.ts";
import { placeOf } from "../../project/text-position.ts";
import { castType } from "./cast-type.ts";
import type { Token } from "./lexer.ts";
import type { SqlStatement } from "./split.ts";

/** A statement with `$1`, `$2`, ... in place of names, and the way back to the text that it comes from. */
export type BoundStatement = {
  sql: string;
  bindings: Binding[];
  /** The offset in the original text of an offset in `sql`, both in UTF-16 units. */
  originOf(offset: number): number;
  /** Offsets in `sql` and in the original text from which on both go the same way. */
  places: readonly (readonly [sql: number, origin: number])[];
  diagnostics: Diagnostic[];
};

/** What the names of a file stand for. */
export type BindScope = {
  file: string;
  text: string;
  params: Readonly<Record<string, ParameterDeclaration>>;
  enums: ReadonlySet<string>;
};

/**
 * Replaces `:name` and `$user.id` by placeholders, one for each distinct name, so that Postgres sees two uses of a
 * name as the same expression. A parameter is cast to its declared type, in parentheses so that it can stand anywhere.
 */
export function bindStatement(statement: SqlStatement, scope: BindScope): BoundStatement {
  const { text } = scope;
  const [first, last] = [statement[0], statement.at(-1)];
  const start = first?.start ?? 0;
  const slots = new Map<string, number>();
  const bindings: Binding[] = [];
  const diagnostics: Diagnostic[] = [];
  const pieces: { sql: number; origin: number; length: number }[] = [];
  let sql = "";
  let copied = start;
  const copy = (end: number): void => {
    pieces.push({ sql: sql.length, origin: copied, length: end - copied });
    sql += text.slice(copied, end);
    copied = end;
  };
  for (const token of statement) {
    const resolved = resolve(token, scope);
    if (resolved === undefined) continue;
    if ("problem" in resolved) {
      diagnostics.push(resolved.problem);
      continue;
    }
    copy(token.start);
    const identity = JSON.stringify(resolved.binding);
    const slot = slots.get(identity) ?? bindings.push(resolved.binding);
    slots.set(identity, slot);
    const placeholder = resolved.cast === undefined ? `$${slot}` : `($${slot}::${resolved.cast})`;
    pieces.push({ sql: sql.length, origin: token.start, length: 0 });
    sql += placeholder;
    copied = token.end;
  }
  copy(last?.end ?? start);
  return {
    sql,
    bindings,
    originOf(offset) {
      const piece = pieces.findLast((one) => one.sql <= offset);
      return piece === undefined
        ? start
        : piece.origin + Math.min(offset - piece.sql, Math.max(0, piece.length));
    },
    places: pieces
      .filter(({ length }, index) => index === 0 || length > 0)
      .map(({ sql, origin }) => [sql, origin]),
    diagnostics,
  };
}

type Resolved = { binding: Binding; cast?: string } | { problem: Diagnostic };

function resolve(token: Token, { file, text, params, enums }: BindScope): Resolved | undefined {
  const source = text.slice(token.start, token.end);
  const refuse = (code: string, message: string, hint: string): Resolved => ({
    problem: problem(placeOf(file, text, token.start, token.end), code, message, hint),
  });
  if (token.kind === "positional")
    return refuse(
      "positional_parameter",
      `\`${source}\` has no name.`,
      "Declare a parameter under params: and write :name.",
    );
  if (token.kind === "caller")
    return (
      callerBinding(source) ?? refuse("unknown_reference", `\`${source}\` is not known.`, callerHint(source))
    );
  if (token.kind !== "parameter") return undefined;
  const name = source.slice(1);
  const declared = Object.hasOwn(params, name) ? params[name] : undefined;
  if (declared !== undefined)
    return { binding: { from: "param", name }, cast: castType(declared.type, (one) => enums.has(one)) };
  const hint =
    suggest(name, Object.keys(params)) ??
    `Declare it in the front matter: params: { ${name}: { type: text } }.`;
  return refuse("undeclared_parameter", `The parameter \`:${name}\` is not declared.`, hint);
}

function callerBinding(source: string): Resolved | undefined {
  if (source === "$user.id") return { binding: { from: "user", name: "id" } };
  if (source === "$user.roles") return { binding: { from: "user", name: "roles" }, cast: "text[]" };
  if (source === "$user.issuer") return { binding: { from: "user", name: "issuer" } };
  if (!source.startsWith("$claims.")) return undefined;
  return { binding: { from: "claim", name: source.slice("$claims.".length) } };
}

const callerHint = (source: string): string =>
  suggest(source, ["$user.id", "$user.roles", "$user.issuer"]) ??
  "There are $user.id, $user.roles, $user.issuer and $claims.NAME; a parameter is :name.";
