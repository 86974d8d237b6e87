import type { DomainDeclaration } from "../../../schema/types.ts";
import { quoteIdentifier, quoteName, splitName } from "../../database/identifier.ts";
import { renderCollation } from "../../database/shadow/render-column.ts";
import { freeName } from "../constraint-name.ts";
import { typeSql } from "../type-sql.ts";
import type { DeclareObjects } from "./placed-object.ts";

/** Domains (PostgreSQL documentation, CREATE DOMAIN), with every check named as Postgres would. */
export const declareDomains: DeclareObjects = ({ schema }) =>
  Object.entries(schema.value.domains ?? {}).map(([name, domain]) => ({
    object: { kind: "domain", name, sql: [domainSql(name, domain)] },
    at: schema.at(["domains", name], "key"),
  }));

function domainSql(
  name: string,
  { type, collation, default: value, nullable, check, checks = {} }: DomainDeclaration,
) {
  const unnamed =
    check === undefined
      ? []
      : [[freeName(splitName(name).local, "", "check", (one) => Object.hasOwn(checks, one)), check] as const];
  return [
    `create domain ${quoteName(name)} as ${typeSql(type)}`,
    ...(collation === undefined ? [] : [`collate ${renderCollation(collation)}`]),
    ...(value === undefined ? [] : [`default ${value}`]),
    ...(nullable === false ? ["not null"] : []),
    ...[...unnamed, ...Object.entries(checks)].map(
      ([constraint, condition]) => `constraint ${quoteIdentifier(constraint)} check (${condition})`,
    ),
  ].join(" ");
}
