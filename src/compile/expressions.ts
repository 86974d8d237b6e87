import { defaultConnection } from "../../schema/names.ts";
import { quoteIdentifier, quoteLiteral } from "../database/identifier.ts";
import type { Context } from "./context.ts";
import { type Question, refused } from "./question.ts";
import { castType } from "./sql/cast-type.ts";

/** Asks Postgres about every `set: { column: { sql } }`, in the statement that it will be part of. */
export function setQuestions({ project: { permissions }, catalog }: Context): Question[] {
  if (permissions === undefined) return [];
  return Object.entries(permissions.value.tables ?? {}).flatMap(([path, rules]) => {
    const [name = "", connection = defaultConnection] = path.split("/").toReversed();
    const table = catalog.get(connection)?.tables.get(name);
    if (table === undefined) return [];
    return (["insert", "update"] as const).flatMap((operation) =>
      Object.entries(rules[operation] ?? {}).flatMap(([role, rule]) =>
        Object.entries(rule === true ? {} : (rule.set ?? {})).flatMap(([column, value]): Question[] => {
          if (typeof value !== "object" || value === null || !table.columns.get(column)?.declaration)
            return [];
          const at = permissions.at(["tables", path, operation, role, "set", column, "sql"]);
          const [target, field] = [quoteIdentifier(name), quoteIdentifier(column)];
          const sql =
            operation === "insert"
              ? `insert into ${target} (${field}) values ((${value.sql}\n))`
              : `update ${target} set ${field} = (${value.sql}\n)`;
          return [{ connection, sql, answer: (description) => refused(description, at) }];
        }),
      ),
    );
  });
}

/** Asks Postgres for its own spelling of the types of parameters, and whether their defaults are of them. */
export function parameterQuestions(
  { project, catalog }: Context,
  spelled: (connection: string, type: string, name: string) => void,
): Question[] {
  return project.logic.flatMap(({ front }) => {
    if (front === undefined) return [];
    const connection = front.value.connection ?? defaultConnection;
    const { enums, types } = catalog.get(connection) ?? {};
    return Object.entries(front.value.params ?? {}).flatMap(
      ([name, { type, default: value }]): Question[] => {
        const cast = castType(type, (one) => enums?.has(one) === true || types?.has(one) === true);
        const typed: Question = {
          connection,
          sql: `select null::${cast}`,
          answer(description) {
            if (!("error" in description))
              spelled(
                connection,
                type,
                types?.has(type) ? named(type) : (description.columns[0]?.type ?? type),
              );
            return refused(description, front.at(["params", name, "type"]));
          },
        };
        if (value === undefined || value === null) return [typed];
        const at = front.at(["params", name, "default"]);
        return [
          typed,
          {
            connection,
            sql: `select ${quoteLiteral(String(value))}::${cast}`,
            answer: (description) => refused(description, at, "invalid_default"),
          },
        ];
      },
    );
  });
}

/** A declared type as Postgres spells it; of a domain it describes a result as the type that this is over. */
const named = (type: string): string =>
  type
    .split(".")
    .map((part) => (/^[a-z_][a-z0-9_]*$/.test(part) ? part : quoteIdentifier(part)))
    .join(".");
