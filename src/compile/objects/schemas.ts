import { defaultSchema } from "../../../schema/names.ts";
import { quoteIdentifier } from "../../database/identifier.ts";
import type { DeclareObjects } from "./placed-object.ts";

/** Schemas (PostgreSQL documentation, CREATE SCHEMA). `public` is always there. */
export const declareSchemas: DeclareObjects = ({ schema }) =>
  Object.keys(schema.value.schemas ?? {})
    .filter((name) => name !== defaultSchema)
    .map((name) => ({
      object: { kind: "schema", name, sql: [`create schema ${quoteIdentifier(name)}`] },
      at: schema.at(["schemas", name], "key"),
    }));
