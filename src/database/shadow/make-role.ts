import { quoteIdentifier, quoteLiteral } from "../identifier.ts";

/** SQL that makes a role where there is none of that name: what a policy is for must be there before it. */
export const makeRole = (role: string): string => `do $$ begin
  if not exists (select from pg_catalog.pg_roles where rolname = ${quoteLiteral(role)}) then
    create role ${quoteIdentifier(role)} nologin;
  end if;
end $$`;
