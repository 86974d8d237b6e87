import { quoteIdentifier, quoteLiteral } from "../../database/identifier.ts";
import type { DeclareObjects } from "./placed-object.ts";

/** Extensions (PostgreSQL documentation, CREATE EXTENSION). */
export const declareExtensions: DeclareObjects = ({ schema }) =>
  Object.entries(schema.value.extensions ?? {}).map(([name, { schema: within, version }]) => {
    const sql = [
      `create extension ${quoteIdentifier(name)}`,
      ...(within === undefined ? [] : [`schema ${quoteIdentifier(within)}`]),
      ...(version === undefined ? [] : [`version ${quoteLiteral(version)}`]),
    ].join(" ");
    return { object: { kind: "extension", name, sql: [sql] }, at: schema.at(["extensions", name], "key") };
  });
