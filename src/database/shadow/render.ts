import type { DeclaredSchema, DeclaredStatements, DeclaredTable } from "../../../schema/declared.ts";
import { quoteIdentifier, quoteLiteral, quoteName } from "../identifier.ts";
import { repeatedKeys } from "../repeated-keys.ts";
import { enableRowSecurity } from "../row-security.ts";
import { tableClauses } from "../storage-parameters.ts";
import { renderColumn, renderColumnSettings } from "./render-column.ts";
import { renderConstraints, renderForeignKey, renderIndex } from "./render-keys.ts";

/** A declared object. `table` is there for what is a part of one. */
export type DeclaredObject = {
  kind:
    | ("enum" | "table" | "column" | "primaryKey" | "unique" | "check" | "exclusion" | "index" | "foreignKey")
    | DeclaredStatements["kind"];
  table?: string;
  name: string;
};

/** What makes one object, all of it or nothing, and what was declared that it comes from. */
export type RenderedStatement = {
  sql: readonly string[];
  of: DeclaredObject;
  /**
   * The statement in pieces, each of which can fail on its own: the columns and constraints of a `create table`,
   * as the `alter table` that adds them.
   */
  pieces: readonly { sql: string; of: DeclaredObject }[];
};

/**
 * The statements that make a declared schema in an empty database, in an order that works where no object rests on one
 * of a later kind. Identifiers are quoted, expressions are as written.
 */
export function renderSchema(declared: DeclaredSchema): RenderedStatement[] {
  const tables = Object.entries(declared.tables);
  const alone = (of: DeclaredObject, ...sql: string[]): RenderedStatement => ({ sql, of, pieces: [] });
  const objects = (...kinds: DeclaredStatements["kind"][]): RenderedStatement[] =>
    kinds.flatMap((kind) =>
      (declared.objects ?? [])
        .filter((object) => object.kind === kind)
        .map(({ sql, ...of }) => ({ sql, of, pieces: [] })),
    );
  const [made = [], owned = []] = [true, false].map((first) =>
    objects("sequence").filter(({ sql }) => sql.some((one) => one.startsWith("create")) === first),
  );
  return [
    ...objects("schema", "extension"),
    ...Object.entries(declared.enums).map(([name, values]) =>
      alone({ kind: "enum", name }, renderEnum(name, values)),
    ),
    ...objects("domain", "composite"),
    ...made,
    ...tables.map(([name, table]) => renderTable(name, table, declared)),
    ...objects("partition"),
    ...owned,
    ...tables.flatMap(([table, { indexes }]) =>
      indexes.map((index) => alone({ kind: "index", table, name: index.name }, renderIndex(table, index))),
    ),
    ...tables.flatMap(([table, { foreignKeys }]) =>
      foreignKeys.map((key) =>
        alone(
          { kind: "foreignKey", table, name: key.name },
          `alter table ${quoteName(table)} add ${renderForeignKey(key)}`,
        ),
      ),
    ),
    ...objects("routine", "view", "materializedView", "trigger", "policy", "comment"),
  ];
}

const renderEnum = (name: string, values: readonly string[]): string =>
  `create type ${quoteName(name)} as enum (${values.map(quoteLiteral).join(", ")})`;

function renderTable(name: string, table: DeclaredTable, declared: DeclaredSchema): RenderedStatement {
  const columns = Object.entries(table.columns).map(([column, declaration]) => ({
    of: { kind: "column" as const, table: name, name: column },
    sql: renderColumn(column, declaration, declared),
  }));
  const keys = renderConstraints(table);
  const repeated = repeatedKeys(keys);
  const constraints = keys.map(({ kind, name: constraint, definition }) => ({
    of: { kind, table: name, name: constraint },
    sql: `constraint ${quoteIdentifier(constraint)} ${definition}`,
  }));
  const settings = Object.entries(table.columns).flatMap(([column, declaration]) => {
    const sql = renderColumnSettings(name, column, declaration);
    return sql === undefined ? [] : [{ of: { kind: "column" as const, table: name, name: column }, sql }];
  });
  const [later = [], along = []] = [true, false].map((is) =>
    constraints.filter(({ of }) => repeated.has(of.name) === is),
  );
  const lines = [...columns, ...along].map(({ sql }) => `  ${sql}`);
  const create = `create ${table.unlogged === true ? "unlogged " : ""}table ${quoteName(name)}`;
  const alter = `alter table ${quoteName(name)} add`;
  return {
    of: { kind: "table", name },
    sql: [
      `${create} (\n${lines.join(",\n")}\n)${tableClauses(table)}`,
      ...later.map(({ sql }) => `${alter} ${sql}`),
      ...settings.map(({ sql }) => sql),
      ...enableRowSecurity(name, table.rowSecurity),
    ],
    pieces: [
      ...columns.map(({ sql, of }) => ({ of, sql: `${alter} column ${sql}` })),
      ...constraints.map(({ sql, of }) => ({ of, sql: `${alter} ${sql}` })),
      ...settings,
    ],
  };
}
