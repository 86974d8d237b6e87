import type { Change } from "../diff/change.ts";
import { quoteLiteral } from "../identifier.ts";
import { kindOf } from "../kinds/kinds.ts";
import type { CatalogObject } from "../model/catalog-object.ts";

/** One statement, and what it does as a sentence without a full stop. */
export type Statement = { sql: string; description: string };

/** A change of something beside tables and enums, or of a comment. */
export type ObjectChange = Extract<
  Change,
  { kind: "createObject" | "alterObject" | "dropObject" | "setComment" }
>;

/** Writes such a change as SQL. */
export function objectStatements(change: ObjectChange): Statement[] {
  switch (change.kind) {
    case "createObject": {
      const { object, restored } = change;
      const description = `${restored ? "Make" : "Create"} the ${called(object)}${restored ? " again" : ""}`;
      return [...kindOf(object.kind).create(object), ...(object.grants ?? [])].map((sql) => ({
        sql,
        description,
      }));
    }
    case "alterObject":
      return change.sql.map((sql) => ({ sql, description: `Change the ${called(change.to)}` }));
    case "dropObject": {
      const suffix = change.restored ? ", to make it again" : "";
      return [
        {
          sql: kindOf(change.object.kind).drop(change.object),
          description: `Drop the ${called(change.object)}${suffix}`,
        },
      ];
    }
    case "setComment": {
      const { target, text } = change;
      return [
        {
          sql: `comment on ${target} is ${text === null ? "null" : quoteLiteral(text)}`,
          description: text === null ? `Take the comment from ${target}` : `Comment on ${target}`,
        },
      ];
    }
  }
}

const called = ({ kind, name, table }: CatalogObject): string =>
  `${kindOf(kind).word} ${name}${table === undefined ? "" : ` of ${table}`}`;
