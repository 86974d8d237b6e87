import { z } from "zod";
import { columnName, roleName, tablePath } from "./names.ts";
import { predicate, scalar } from "./predicate.ts";

/** The operations on a table, each a call of its own: `db/{connection}/{table}/{operation}`. */
export const operations = ["select", "insert", "update", "delete"] as const;
export type Operation = (typeof operations)[number];

const columns = z.array(columnName).min(1);
const where = predicate.meta({ description: "The rows that the rule covers. Without it: all." });
const check = predicate.meta({
  description:
    "What a row must meet after it was written. For update the rule's where, unless said otherwise.",
});
const set = z.record(columnName, z.union([scalar, z.strictObject({ sql: z.string().min(1) })])).meta({
  description: "Values that the server writes: a literal, $user.id, $claims.NAME or { sql: now() }.",
});

const always = z.literal(true);
const byRole = <T extends z.ZodType>(rule: T) => z.record(roleName, z.union([always, rule]));

/** What a role may do with one table. `true` is everything. */
export const tableRules = z.strictObject({
  select: byRole(z.strictObject({ where: where.optional(), columns: columns.optional() })).optional(),
  insert: byRole(
    z.strictObject({ columns: columns.optional(), set: set.optional(), check: check.optional() }),
  ).optional(),
  update: byRole(
    z.strictObject({
      where: where.optional(),
      columns: columns.optional(),
      set: set.optional(),
      check: check.optional(),
    }),
  ).optional(),
  delete: byRole(z.strictObject({ where: where.optional() })).optional(),
});
export type TableRules = z.infer<typeof tableRules>;

/** `config/permissions.yaml`: the project's roles, and what each may do. What is not here is not allowed. */
export const permissionsFile = z
  .strictObject({
    roles: z.array(roleName).optional().meta({ description: "The roles that tokens may carry." }),
    tables: z.record(tablePath, tableRules).optional(),
  })
  .meta({ title: "config/permissions.yaml", description: "Who may do what." });
export type PermissionsFile = z.infer<typeof permissionsFile>;
