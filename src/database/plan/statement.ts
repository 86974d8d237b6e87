import type { Change } from "../diff/change.ts";
import { quoteIdentifier as quote, quoteBeside, quoteLiteral, quoteName, splitName } from "../identifier.ts";
import type { Column, Constraint } from "../model/model.ts";
import { columnSql, createTable, typeActions } from "./column-sql.ts";
import { type ObjectChange, objectStatements, type Statement } from "./object-statement.ts";
import { addIdentity, takeFromSequence } from "./sequence-statement.ts";

const kinds = {
  primaryKey: "primary key",
  unique: "unique constraint",
  check: "check",
  foreignKey: "foreign key",
  exclusion: "exclusion constraint",
} as const satisfies Record<Constraint["kind"], string>;

/** Writes a change as SQL. `enums` are the desired ones. */
export function statementsOf(change: Change, enums: ReadonlyMap<string, readonly string[]>): Statement[] {
  if (
    change.kind === "createObject" ||
    change.kind === "alterObject" ||
    change.kind === "dropObject" ||
    change.kind === "setComment"
  )
    return objectStatements(change);
  if (!("table" in change)) return [enumStatement(change)];
  if (change.kind === "takeFromSequence") return takeFromSequence(change);
  if (change.kind === "addIdentity") return addIdentity(change);
  const alter = `alter table ${quoteName(change.table)}`;
  const one = (sql: string, description: string): Statement[] => [{ sql, description }];
  switch (change.kind) {
    case "createTable":
      return one(createTable(change.table, change.definition), `Create the table ${change.table}`);
    case "addColumn":
      return one(
        `${alter} add column ${columnSql(change.column, change.definition)}`,
        `Add the column ${change.table}.${change.column}`,
      );
    case "changeType":
      return one(
        `${alter} ${typeActions(change, enums).join(", ")}`,
        change.without === undefined
          ? `Change the type of ${change.table}.${change.column} from ${typeName(change.from)} to ${typeName(change.to)}`
          : `Let ${change.table}.${change.column} be of the new enum ${change.without.enum}`,
      );
    case "changeSequence":
      return one(
        `alter sequence ${change.sequence} as ${change.type}`,
        `Let the sequence of ${change.table}.${change.column} count as ${change.type}`,
      );
    case "setDefault":
      return one(
        `${alter} alter column ${quote(change.column)} set default ${change.expression}`,
        `Set the default of ${change.table}.${change.column} to ${change.expression}`,
      );
    case "dropDefault":
      return one(
        `${alter} alter column ${quote(change.column)} drop default`,
        `Drop the default of ${change.table}.${change.column}`,
      );
    case "dropIdentity":
      return one(
        `${alter} alter column ${quote(change.column)} drop identity`,
        `Make ${change.table}.${change.column} a plain column`,
      );
    case "dropExpression":
      return one(
        `${alter} alter column ${quote(change.column)} drop expression`,
        `Make ${change.table}.${change.column} a plain column, which keeps its values`,
      );
    case "dropColumnToRemake":
      return one(
        `${alter} drop column ${quote(change.column)}`,
        `Drop the column ${change.table}.${change.column}, to make it again`,
      );
    case "setNotNull":
      return one(
        `${alter} alter column ${quote(change.column)} set not null`,
        `Refuse null in ${change.table}.${change.column}`,
      );
    case "dropNotNull":
      return one(
        `${alter} alter column ${quote(change.column)} drop not null`,
        `Allow null in ${change.table}.${change.column}`,
      );
    case "addConstraint":
      return one(
        `${alter} add constraint ${quote(change.name)} ${change.constraint.definition}`,
        `Add the ${kinds[change.constraint.kind]} ${change.name} to ${change.table}`,
      );
    case "dropConstraint":
      return one(
        `${alter} drop constraint ${quote(change.name)}`,
        `Drop the ${kinds[change.constraint.kind]} ${change.name} of ${change.table}`,
      );
    case "renameConstraint":
      return one(
        `${alter} rename constraint ${quote(change.from)} to ${quote(change.to)}`,
        `Rename the constraint ${change.from} of ${change.table} to ${change.to}`,
      );
    case "validateConstraint":
      return one(
        `${alter} validate constraint ${quote(change.name)}`,
        `Validate the ${kinds[change.constraint.kind]} ${change.name} of ${change.table}`,
      );
    case "createIndex":
      return one(
        `create ${change.index.unique ? "unique " : ""}index ${quote(change.name)} ${change.index.shape}`,
        `Create the ${change.index.unique ? "unique " : ""}index ${change.name} on ${change.table}`,
      );
    case "dropIndex":
      return one(
        `drop index ${quoteBeside(change.table, change.name)}`,
        `Drop the index ${change.name} of ${change.table}`,
      );
    case "renameIndex":
      return one(
        `alter index ${quoteBeside(change.table, change.from)} rename to ${quote(change.to)}`,
        `Rename the index ${change.from} of ${change.table} to ${change.to}`,
      );
    case "renameTable":
      return one(
        `${alter} rename to ${quote(splitName(change.to).local)}`,
        `Rename the table ${change.table} to ${change.to}`,
      );
    case "renameColumn":
      return one(
        `${alter} rename column ${quote(change.column)} to ${quote(change.to)}`,
        `Rename the column ${change.table}.${change.column} to ${change.to}`,
      );
    case "renameSequence":
      return one(
        `alter sequence ${change.sequence} rename to ${change.to.replace(/^.*\./, "")}`,
        `Rename the sequence of ${change.table}.${change.column} to ${change.to}`,
      );
    case "renameNotNull":
      return one(
        `${alter} rename constraint ${quote(change.from)} to ${quote(change.to)}`,
        `Rename the not-null constraint ${change.from} of ${change.table} to ${change.to}`,
      );
    case "giveSequence":
      return one(
        `alter sequence ${quoteName(change.sequence)} owned by ${quoteName(change.table)}.${quote(change.column)}`,
        `Let the sequence ${change.sequence} go with ${change.table}.${change.column}`,
      );
    case "alterTable":
      return one(change.sql, change.description);
    case "dropTable":
      return one(`drop table ${quoteName(change.table)}`, `Drop the table ${change.table}`);
    case "dropColumn":
      return one(
        `${alter} drop column ${quote(change.column)}`,
        `Drop the column ${change.table}.${change.column}`,
      );
  }
}

function enumStatement(change: Exclude<Change, { table: string } | ObjectChange>): Statement {
  const name = quoteName(change.name);
  switch (change.kind) {
    case "releaseSequence":
      return {
        sql: `alter sequence ${name} owned by none`,
        description: `Let the sequence ${change.name} go with no column`,
      };
    case "setEnumAside":
      return {
        sql: `alter type ${name} rename to ${quote(splitName(change.aside).local)}`,
        description: `Call the enum ${change.name} ${change.aside} until another is in its place`,
      };
    case "createEnum":
      return {
        sql: `create type ${name} as enum (${change.values.map(quoteLiteral).join(", ")})`,
        description: `Create the enum ${change.name}`,
      };
    case "addEnumValue": {
      const place = change.before === undefined ? "" : ` before ${quoteLiteral(change.before)}`;
      return {
        sql: `alter type ${name} add value if not exists ${quoteLiteral(change.value)}${place}`,
        description: `Add the value ${quoteLiteral(change.value)} to the enum ${change.name}`,
      };
    }
    case "renameEnum":
      return {
        sql: `alter type ${name} rename to ${quote(splitName(change.to).local)}`,
        description: `Rename the enum ${change.name} to ${change.to}`,
      };
    case "renameEnumValue":
      return {
        sql: `alter type ${name} rename value ${quoteLiteral(change.value)} to ${quoteLiteral(change.to)}`,
        description: `Rename the value ${quoteLiteral(change.value)} of the enum ${change.name} to ${quoteLiteral(change.to)}`,
      };
    case "dropEnum":
      return { sql: `drop type ${name}`, description: `Drop the enum ${change.name}` };
  }
}

const typeName = ({ type, collation }: Column): string =>
  collation === undefined ? type : `${type} collate ${collation}`;
