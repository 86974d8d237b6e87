import type { PolicyFacts } from "../kinds/policy.ts";

/** A policy and its name in its table. */
export type NamedPolicy = PolicyFacts & { name: string };

/** Whether all that a permissive policy lets through is let through by the other, as far as their texts show. */
export const isWithin = (policy: PolicyFacts, other: PolicyFacts): boolean =>
  other.permissive &&
  hasRolesOf(other, policy) &&
  hasCommandOf(other, policy) &&
  impliesFor(policy.command, policy, other);

/** Whether a restrictive policy keeps back all that the other does, as far as their texts show. */
export const isAtLeastAsStrict = (policy: PolicyFacts, other: PolicyFacts): boolean =>
  !policy.permissive &&
  hasRolesOf(policy, other) &&
  hasCommandOf(policy, other) &&
  impliesFor(other.command, policy, other);

const hasRolesOf = (wide: PolicyFacts, narrow: PolicyFacts): boolean =>
  wide.roles.includes("public") || narrow.roles.every((role) => wide.roles.includes(role));

const hasCommandOf = (wide: PolicyFacts, narrow: PolicyFacts): boolean =>
  wide.command === "all" || wide.command === narrow.command;

/** Rows that are read meet USING, and those that are written the check. */
const impliesFor = (command: PolicyFacts["command"], policy: PolicyFacts, other: PolicyFacts): boolean =>
  (command === "insert" || implies(usingOf(policy), usingOf(other))) &&
  (command === "select" || command === "delete" || implies(checkOf(policy), checkOf(other)));

/** Without a condition a permissive policy lets nothing through, and a restrictive one keeps nothing back. */
const usingOf = ({ permissive, using }: PolicyFacts): string => using ?? (permissive ? "false" : "true");

/** New rows are checked by USING where nothing else is said (PostgreSQL documentation, CREATE POLICY). */
const checkOf = (policy: PolicyFacts): string => policy.check ?? usingOf(policy);

/** Whether a condition can hold only where the other does: it is the other, or that and more. */
function implies(condition: string, other: string): boolean {
  if (condition === "false" || other === "true") return true;
  const parts = new Set(conjuncts(condition));
  return conjuncts(other).every((part) => parts.has(part));
}

/** The parts of `((a > 1) AND (b IS NULL))`, as Postgres writes it; any other text is one part. */
function conjuncts(text: string): string[] {
  if (!text.startsWith("(") || closing(text, 0) !== text.length - 1) return [text];
  const inner = text.slice(1, -1);
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < inner.length; at += 1) {
    at = closing(inner, at);
    if (!inner.startsWith(" AND ", at + 1)) continue;
    parts.push(inner.slice(from, at + 1));
    from = at + " AND ".length + 1;
    at = from - 1;
  }
  const whole = [...parts, inner.slice(from)];
  return whole.every(isEnclosed) ? whole.flatMap(conjuncts) : [text];
}

/** A group in parentheses, a call, or a word: all else may hold an operator that binds otherwise than it looks. */
function isEnclosed(part: string): boolean {
  const [word = ""] = /^[\w."]*/.exec(part) ?? [];
  return word === part || (part[word.length] === "(" && closing(part, word.length) === part.length - 1);
}

/** Where what begins at `at` ends: a group in parentheses, a quoted text or name, or one character. */
function closing(text: string, at: number): number {
  const first = text[at] ?? "";
  if (first === "'" || first === '"') {
    for (let end = at + 1; end < text.length; end += 1) {
      if (text[end] === "\\" && text[at - 1] === "E") end += 1;
      else if (text[end] === first) {
        if (text[end + 1] !== first) return end;
        end += 1;
      }
    }
    return text.length - 1;
  }
  if (first !== "(") return at;
  for (let end = at + 1; end < text.length; end += 1) {
    if (text[end] === ")") return end;
    end = closing(text, end);
  }
  return text.length - 1;
}
