import { quoteIdentifier, quoteName } from "../../database/identifier.ts";
import { renderCollation } from "../../database/shadow/render-column.ts";
import { typeSql } from "../type-sql.ts";
import type { DeclareObjects } from "./placed-object.ts";

/** Composite types (PostgreSQL documentation, CREATE TYPE). */
export const declareComposites: DeclareObjects = ({ schema }) =>
  Object.entries(schema.value.composites ?? {}).map(([name, { attributes }]) => {
    const list = Object.entries(attributes).map(([attribute, declared]) => {
      const { type, collation } =
        typeof declared === "string" ? { type: declared, collation: undefined } : declared;
      const suffix = collation === undefined ? "" : ` collate ${renderCollation(collation)}`;
      return `${quoteIdentifier(attribute)} ${typeSql(type)}${suffix}`;
    });
    return {
      object: { kind: "composite", name, sql: [`create type ${quoteName(name)} as (${list.join(", ")})`] },
      at: schema.at(["composites", name], "key"),
    };
  });
