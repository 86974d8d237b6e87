import { z } from "zod";
import { defaultSchema } from "../../../schema/names.ts";
import { notOfExtension } from "../catalog/queries.ts";
import { quoteIdentifier } from "../identifier.ts";
import { defineKind } from "./kind.ts";

/** Schemas (PostgreSQL documentation, CREATE SCHEMA). That of names without one is always there. */
export const schema = defineKind({
  kind: "schema",
  word: "schema",
  catalog: "pg_namespace",
  holdsData: true,
  query: `
    select n.oid::text, 'public' as schema, n.nspname::text as name, null as table, '{}'::json as facts,
      null::text[] as grants
    from pg_namespace n
    where n.nspname = any ($1) and n.nspname <> '${defaultSchema}' and ${notOfExtension("pg_namespace", "n.oid")}
    order by n.oid`,
  facts: z.strictObject({}),
  create: ({ name }) => [`create schema ${quoteIdentifier(name)}`],
  drop: ({ name }) => `drop schema ${quoteIdentifier(name)}`,
  alter: () => [],
});
