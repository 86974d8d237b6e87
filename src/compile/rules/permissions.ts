import { defaultConnection } from "../../../schema/names.ts";
import { operations } from "../../../schema/permissions.ts";
import type { Predicate, Scalar } from "../../../schema/predicate.ts";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { suggest } from "../../core/suggest.ts";
import { valueAt } from "../../project/issue.ts";
import { caution, problem } from "../../project/problem.ts";
import type { Path } from "../../project/project.ts";
import type { ConnectionCatalog, Table } from "../catalog.ts";
import type { Context } from "../context.ts";
import { keyColumns } from "../key-columns.ts";
import { valueProblem } from "../value.ts";
import { readOnlyReason } from "../writable.ts";
import {
  checkCondition,
  checkPredicate,
  isReference,
  literalOf,
  type PredicateScope,
  unknownReference,
} from "./predicate.ts";

type Rule = {
  columns?: readonly string[] | undefined;
  where?: Predicate | undefined;
  check?: Predicate | undefined;
  set?: Readonly<Record<string, Scalar | { sql: string }>> | undefined;
};

/** Rules name tables, columns and roles that are there, and values that fit. */
export function checkPermissions(context: Context): Diagnostic[] {
  const { permissions } = context.project;
  if (permissions === undefined) return [];
  return Object.entries(permissions.value.tables ?? {}).flatMap(([path, rules]) => {
    const found = findTable(path, context);
    if ("problem" in found)
      return [problem(permissions.at(["tables", path], "key"), found.code, found.problem, found.hint)];
    const readers = new Set(Object.keys(rules.select ?? {}));
    return operations.flatMap((operation) =>
      Object.entries(rules[operation] ?? {}).flatMap(([role, rule]) => {
        const base = ["tables", path, operation, role];
        const written = (at: Path) => valueAt(permissions.raw, at);
        const scope = { ...found, at: permissions.at, written };
        const body: Rule = rule === true ? {} : rule;
        return [
          ...unknownRole(role, base, context),
          ...checkRule(body, base, scope),
          ...(operation === "update" || operation === "delete" ? unreadable(role, readers, base, scope) : []),
          ...(operation === "insert" ? unsatisfiable(body, base, scope) : []),
          ...(operation === "insert" || operation === "update" ? unwritable(body, base, scope) : []),
        ];
      }),
    );
  });
}

type Found = { table: Table; connection: ConnectionCatalog };

function findTable(
  path: string,
  { catalog, connections }: Context,
): Found | { code: string; problem: string; hint: string | undefined } {
  const [name = "", prefix] = path.split("/").toReversed();
  const wanted = prefix ?? defaultConnection;
  const connection = catalog.get(wanted);
  const table = connection?.tables.get(name);
  if (connection !== undefined && table !== undefined) return { table, connection };
  if (connection === undefined && connections !== undefined && !connections.has(wanted))
    return {
      code: "unknown_connection",
      problem: `There is no connection \`${wanted}\`.`,
      hint: suggest(wanted, connections),
    };
  const elsewhere = [...catalog.values()].find(({ tables }) => prefix === undefined && tables.has(name));
  const hint =
    elsewhere === undefined
      ? suggest(name, connection?.tables.keys() ?? [])
      : `Write ${elsewhere.name}/${name}.`;
  return {
    code: "unknown_table",
    problem: `There is no table \`${name}\` in connection \`${wanted}\`.`,
    hint,
  };
}

function unknownRole(role: string, path: Path, { roles, project }: Context): Diagnostic[] {
  const at = project.permissions?.at(path, "key");
  if (roles.has(role) || at === undefined) return [];
  return [
    problem(
      at,
      "undeclared_role",
      `The role \`${role}\` is not declared.`,
      suggest(role, roles) ?? `Add it to roles: in config/permissions.yaml.`,
    ),
  ];
}

function checkRule(
  { columns = [], where, check, set = {} }: Rule,
  path: Path,
  scope: PredicateScope,
): Diagnostic[] {
  const { table, at } = scope;
  const unknown = (name: string): string =>
    suggest(name, table.columns.keys()) ?? `There are ${[...table.columns.keys()].join(", ")}.`;
  return [
    ...columns.flatMap((name, index) =>
      table.columns.has(name)
        ? []
        : [
            problem(
              at([...path, "columns", index]),
              "unknown_column",
              `\`${table.name}\` has no column \`${name}\`.`,
              unknown(name),
            ),
          ],
    ),
    ...(where === undefined ? [] : checkCondition(where, [...path, "where"], scope)),
    ...(check === undefined ? [] : checkPredicate(check, [...path, "check"], scope)),
    ...Object.entries(set).flatMap(([name, value]) => {
      const own = [...path, "set", name];
      if (!table.columns.has(name))
        return [
          problem(
            at(own, "key"),
            "unknown_column",
            `\`${table.name}\` has no column \`${name}\`.`,
            unknown(name),
          ),
        ];
      const both = columns.includes(name)
        ? [
            problem(
              at(own, "key"),
              "column_set_twice",
              `\`${name}\` is set by the server and open to the caller.`,
              "Take it out of columns or out of set.",
            ),
          ]
        : [];
      return [
        ...both,
        ...(typeof value === "object" && value !== null ? [] : checkSetValue(value, name, own, scope)),
      ];
    }),
  ];
}

function checkSetValue(
  value: Scalar,
  name: string,
  path: Path,
  { table, connection, at }: PredicateScope,
): Diagnostic[] {
  const place = at(path);
  if (typeof value === "string" && isReference(value)) {
    const unknown = unknownReference(value, place);
    if (unknown.length > 0) return unknown;
    return value.startsWith("$row.")
      ? [problem(place, "row_outside_exists", "`$row` has a meaning only within `exists`.")]
      : [];
  }
  const type = table.columns.get(name)?.type;
  const wrong = type && valueProblem(literalOf(value), type, connection);
  return wrong === undefined ? [] : [problem(place, "invalid_value", wrong.message, wrong.hint)];
}

/** Columns that Postgres fills by itself can be neither open to the caller nor set by the server. */
function unwritable(
  { columns = [], set = {} }: Rule,
  path: Path,
  { table, at }: PredicateScope,
): Diagnostic[] {
  const places = [
    ...columns.map((name, index) => ({ name, at: at([...path, "columns", index]) })),
    ...Object.keys(set).map((name) => ({ name, at: at([...path, "set", name], "key") })),
  ];
  return places.flatMap(({ name, at: place }) => {
    const declaration = table.columns.get(name)?.declaration;
    const reason = declaration && readOnlyReason(declaration);
    if (reason === undefined) return [];
    const message = `\`${name}\` of \`${table.name}\` ${reason}: nobody can write it.`;
    return [problem(place, "read_only_column", message, "Take it out.")];
  });
}

/** An update and a delete need a condition, which is of columns that the caller may read. */
function unreadable(
  role: string,
  readers: ReadonlySet<string>,
  path: Path,
  { table, at }: PredicateScope,
): Diagnostic[] {
  const held = role === "public" ? [role] : ["public", "authenticated", role];
  if (held.some((one) => readers.has(one))) return [];
  const message = `\`${role}\` alone may read no column of \`${table.name}\`, so that it can name no rows to write.`;
  const hint = `Give \`${role}\` a select: the key is enough, as in { columns: [id] }.`;
  return [caution(at(path, "key"), "write_without_select", message, hint)];
}

/** An insert that leaves out a column which must have a value fails every time. */
function unsatisfiable({ columns, set = {} }: Rule, path: Path, { table, at }: PredicateScope): Diagnostic[] {
  if (columns === undefined) return [];
  const given = new Set([...columns, ...Object.keys(set)]);
  const keys = new Set(keyColumns(table.declaration.primaryKey));
  const needed = Object.entries(table.declaration.columns)
    .filter(
      ([name, column]) =>
        (column.nullable === false || column.primaryKey === true || keys.has(name)) &&
        column.default === undefined &&
        column.identity === undefined &&
        column.generated === undefined,
    )
    .filter(([name, { type }]) => !given.has(name) && !/serial\d?$/i.test(type.trim()))
    .map(([name]) => name);
  if (needed.length === 0) return [];
  const list = needed.map((name) => `\`${name}\``).join(", ");
  const message = `No such insert can succeed: ${list} must have a value.`;
  return [
    caution(
      at(path, "key"),
      "insert_never_succeeds",
      message,
      "Add to columns or set, or give the column a default.",
    ),
  ];
}
