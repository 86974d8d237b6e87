import { z } from "zod";
import { quoteIdentifier, quoteLiteral } from "../identifier.ts";
import { defineKind } from "./kind.ts";

/** What is kept of an extension; `version` only where one is declared. */
export const extensionFacts = z.strictObject({ schema: z.string(), version: z.string().exactOptional() });

/**
 * Extensions (PostgreSQL documentation, CREATE EXTENSION). They are of the whole database, so those that are not
 * declared are seen too. That of PL/pgSQL is in every database.
 */
export const extension = defineKind({
  kind: "extension",
  word: "extension",
  catalog: "pg_extension",
  holdsData: true,
  query: `
    select e.oid::text, 'public' as schema, e.extname::text as name, null as table,
      json_build_object('schema', n.nspname, 'version', e.extversion) as facts, null::text[] as grants
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where e.extname <> 'plpgsql' and cardinality($1::text[]) > 0
    order by e.oid`,
  facts: extensionFacts,
  create: ({ name, facts: { schema, version } }) => [
    `create extension ${quoteIdentifier(name)} schema ${quoteIdentifier(schema)}${version === undefined ? "" : ` version ${quoteLiteral(version)}`}`,
  ],
  drop: ({ name }) => `drop extension ${quoteIdentifier(name)}`,
  alter({ name, facts: from }, { facts: to }) {
    if (from.schema !== to.schema)
      return {
        code: "extension_schema",
        message: `The extension ${name} is in the schema ${from.schema} and is declared in ${to.schema}.`,
        wayOut: `Declare where it is: extensions: { ${name}: { schema: ${from.schema} } }. Or move it yourself, and what names its schema with it: alter extension ${quoteIdentifier(name)} set schema ${quoteIdentifier(to.schema)}`,
      };
    return to.version === undefined
      ? []
      : [`alter extension ${quoteIdentifier(name)} update to ${quoteLiteral(to.version)}`];
  },
  within: (object, { versions = [] }) =>
    versions.includes(object.name)
      ? object
      : { ...object, facts: { schema: extensionFacts.parse(object.facts).schema } },
});
