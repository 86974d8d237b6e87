import { LRUCache } from "lru-cache";
import type { Caller } from "../caller.ts";
import { CallError } from "../error.ts";

const plansPerOperation = 256;

/** Rules of one operation by role. */
export type RulesByRole<Rule> = ReadonlyMap<string, Rule>;

/** The rules that a caller's roles have, in the order of the roles' names. */
export const rulesOf = <Rule>(rules: RulesByRole<Rule>, roles: readonly string[]): Rule[] =>
  roles.flatMap((role) => {
    const rule = rules.get(role);
    return rule === undefined ? [] : [rule];
  });

/**
 * Gives the plan for a caller, made once for every set of roles that matters to the operation.
 *
 * @param rules those of the operation: without one of them the caller is refused.
 * @param also roles that matter beside them.
 * @returns a function that throws {CallError} `unauthenticated` or `forbidden` where no rule is the caller's.
 */
export function planner<Rule, Plan extends object>(
  rules: RulesByRole<Rule>,
  also: RulesByRole<unknown>,
  compile: (applicable: readonly Rule[], roles: readonly string[]) => Plan,
): (caller: Caller) => Plan {
  const plans = new LRUCache<string, Plan>({ max: plansPerOperation });
  const matters = (role: string): boolean => rules.has(role) || also.has(role);
  return (caller) => {
    let key = "";
    for (const role of caller.roles) if (matters(role)) key += `${role},`;
    const known = plans.get(key);
    if (known !== undefined) return known;
    const roles = caller.roles.filter(matters);
    const applicable = rulesOf(rules, roles);
    if (applicable.length === 0) throw refusal(caller);
    const plan = compile(applicable, roles);
    plans.set(key, plan);
    return plan;
  };
}

const refusal = (caller: Caller): CallError =>
  caller.authenticated
    ? new CallError("forbidden", "None of your roles may do this.")
    : new CallError("unauthenticated", "This call needs a token.");
