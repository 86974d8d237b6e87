import { quoteIdentifier, quoteLiteral } from "../identifier.ts";
import { policyFacts } from "../kinds/policy.ts";
import type { Model } from "../model/model.ts";

/** SQL that makes a role where there is none of that name: what a policy is for must be there before it. */
export const makeRole = (role: string): string => `do $$ begin
  if not exists (select from pg_catalog.pg_roles where rolname = ${quoteLiteral(role)}) then
    create role ${quoteIdentifier(role)} nologin;
  end if;
end $$`;

/** Such SQL for every role that a policy of one of the models is for. */
export const makeRoles = (...models: readonly Pick<Model, "objects">[]): string[] => {
  const policies = models.flatMap(({ objects }) =>
    [...objects.values()].filter(({ kind }) => kind === "policy"),
  );
  const roles = policies.flatMap(({ facts }) => policyFacts.parse(facts).roles);
  return [...new Set(roles)].filter((role) => role !== "public").map(makeRole);
};
