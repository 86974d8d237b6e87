import type { TablePermissions } from "../../schema/manifest.ts";
import { defaultConnection } from "../../schema/names.ts";
import type { PermissionsFile, TableRules } from "../../schema/permissions.ts";
import type { Catalog, Column } from "./catalog.ts";
import { isWritable } from "./writable.ts";

/** The rules by connection and table, with every list of columns spelled out. */
export function compilePermissions(
  file: PermissionsFile,
  catalog: Catalog,
): Record<string, Record<string, TablePermissions>> {
  const byConnection = new Map<string, Record<string, TablePermissions>>();
  for (const [path, rules] of Object.entries(file.tables ?? {})) {
    const [table = "", connection = defaultConnection] = path.split("/").toReversed();
    const columns = [...(catalog.get(connection)?.tables.get(table)?.columns.values() ?? [])];
    byConnection.set(connection, { ...byConnection.get(connection), [table]: compileTable(rules, columns) });
  }
  return Object.fromEntries(byConnection);
}

const compileTable = (
  { select, insert, update, delete: remove }: TableRules,
  all: readonly Column[],
): TablePermissions => {
  const names = all.map(({ name }) => name);
  const writable = all.filter(isWritable).map(({ name }) => name);
  return {
    ...(select && {
      select: mapRoles(select, (rule) => ({ ...rule, columns: spelled(rule.columns, names) })),
    }),
    ...(insert && {
      insert: mapRoles(insert, (rule) => ({ ...rule, columns: open(rule, writable), set: rule.set ?? {} })),
    }),
    ...(update && {
      update: mapRoles(update, (rule) => ({ ...rule, columns: open(rule, writable), set: rule.set ?? {} })),
    }),
    ...(remove && { delete: mapRoles(remove, (rule) => rule) }),
  };
};

function mapRoles<Rule extends object, Compiled>(
  rules: Readonly<Record<string, true | Rule>>,
  compile: (rule: Partial<Rule>) => Compiled,
): Record<string, Compiled> {
  return Object.fromEntries(
    Object.entries(rules).map(([role, rule]) => [role, compile(rule === true ? {} : rule)] as const),
  );
}

const spelled = (columns: readonly string[] | undefined, all: readonly string[]): string[] => [
  ...(columns ?? all),
];

/** What a caller may write: without a list every column that can be, but those that the server sets. */
const open = (
  rule: { columns?: readonly string[] | undefined; set?: object | undefined },
  all: readonly string[],
): string[] =>
  spelled(
    rule.columns,
    all.filter((column) => !Object.hasOwn(rule.set ?? {}, column)),
  );
