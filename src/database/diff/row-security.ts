import { quoteName } from "../identifier.ts";
import { policyFacts } from "../kinds/policy.ts";
import { keyOf } from "../model/catalog-object.ts";
import type { Model, Table } from "../model/model.ts";
import { enableRowSecurity } from "../row-security.ts";
import { yamlName } from "../yaml-name.ts";
import type { Blocked, Change, Difference } from "./change.ts";
import { isAtLeastAsStrict, isWithin, type NamedPolicy } from "./policy-strength.ts";

/**
 * Whether tables guard their rows, and whether what guards them gets weaker, which blocks: a reviewer must have seen it.
 * The policies themselves are compared with all other objects.
 */
export function diffRowSecurity(live: Model, desired: Model, { changes, blocked }: Difference): void {
  for (const [table, { rowSecurity: to }] of desired.tables) {
    const present = live.tables.get(table);
    if (present === undefined) {
      for (const sql of enableRowSecurity(table, to)) changes.push(setting(table, sql, undefined, to));
      continue;
    }
    const { rowSecurity: from } = present;
    const actions = actionsBetween(from, to);
    if (actions.length > 0)
      changes.push(setting(table, `alter table ${quoteName(table)} ${actions.join(", ")}`, from, to));
    for (const message of weakenings(table, from, to, live, desired)) blocked.push(weakened(table, message));
  }
}

type RowSecurity = Table["rowSecurity"];

const setting = (table: string, sql: string, from: RowSecurity, to: RowSecurity): Change => ({
  kind: "alterTable",
  table,
  of: keyOf("rowSecurity", table),
  sql,
  description: `${verb(from, to)} row security of ${table}`,
});

function verb(from: RowSecurity, to: RowSecurity): string {
  if (to === undefined) return "Disable";
  if (from === undefined) return to === "forced" ? "Enable and force" : "Enable";
  return to === "forced" ? "Force" : "No longer force";
}

/** A table without row security may still be marked as forced; enabling it says either. */
function actionsBetween(from: RowSecurity, to: RowSecurity): string[] {
  if (from === to) return [];
  const force = to === "forced" ? "force row level security" : "no force row level security";
  if (to === undefined) return ["disable row level security", ...(from === "forced" ? [force] : [])];
  return from === undefined ? ["enable row level security", force] : [force];
}

function weakenings(
  table: string,
  from: RowSecurity,
  to: RowSecurity,
  live: Model,
  desired: Model,
): string[] {
  if (from === undefined) return [];
  if (to === undefined) return [`Row security of ${table} is enabled and no longer declared.`];
  const before = policiesOf(table, live);
  const after = policiesOf(table, desired);
  return [
    ...(from === "forced" && to === "enabled"
      ? [`Row security of ${table} is forced and no longer declared so: its owner would see all rows.`]
      : []),
    ...after
      .filter(({ permissive }) => permissive)
      .filter((policy) => !before.some((old) => isWithin(policy, old)))
      .map(({ name }) =>
        before.some((old) => old.name === name)
          ? `The policy ${name} of ${table} changes, and it cannot be shown to let nobody reach more than before.`
          : `The policy ${name} of ${table} is new, and lets somebody reach more than before.`,
      ),
    ...before
      .filter(({ permissive }) => !permissive)
      .filter((policy) => !after.some((now) => isAtLeastAsStrict(now, policy)))
      .map(({ name }) =>
        after.some((now) => now.name === name)
          ? `The restrictive policy ${name} of ${table} changes, and it cannot be shown to keep back as much as before.`
          : `The restrictive policy ${name} of ${table} is no longer declared.`,
      ),
  ];
}

const policiesOf = (table: string, { objects }: Model): NamedPolicy[] =>
  [...objects.values()]
    .filter((object) => object.kind === "policy" && object.table === table)
    .map(({ name, facts }) => ({ name, ...policyFacts.parse(facts) }));

const weakened = (table: string, message: string): Blocked => ({
  code: "policy_weakened",
  object: table,
  message,
  wayOut: `Where that is meant, approve it: approved: { ${yamlName(table)}: [policy_weakened] }`,
});
