import type { DeclaredTable } from "../../../schema/declared.ts";
import type { PolicyDeclaration } from "../../../schema/policies.ts";
import type { TableDeclaration } from "../../../schema/tables.ts";
import { quoteIdentifier, quoteName } from "../../database/identifier.ts";
import { makeRole } from "../../database/shadow/make-role.ts";
import type { DeclareObjects, PlacedObject } from "./placed-object.ts";

/** Policies of row-level security (PostgreSQL documentation, CREATE POLICY), with the roles that they are for. */
export const declarePolicies: DeclareObjects = ({ schema }) =>
  Object.entries(schema.value.tables ?? {}).flatMap(([table, { rowSecurity }]) =>
    Object.entries(rowSecurity?.policies ?? {}).map(([name, policy]): PlacedObject => {
      const at = schema.at(["tables", table, "rowSecurity", "policies", name], "key");
      const roles = (policy.to ?? []).filter((role) => role !== everybody);
      const sql = [...roles.map(makeRole), createPolicy(name, table, policy)];
      return { object: { kind: "policy", table, name, sql }, at };
    }),
  );

/** What a table says of the rows that a role may reach; nothing where all may reach all. */
export const rowSecurityOf = ({
  rowSecurity,
}: Pick<TableDeclaration, "rowSecurity">): Pick<DeclaredTable, "rowSecurity"> => {
  if (rowSecurity === undefined || rowSecurity.enabled === false) return {};
  return { rowSecurity: rowSecurity.forced === true ? "forced" : "enabled" };
};

const everybody = "public";

function createPolicy(name: string, table: string, policy: PolicyDeclaration): string {
  const { as = "permissive", for: command = "all", to = [everybody], using, check } = policy;
  const roles = to.map((role) => (role === everybody ? role : quoteIdentifier(role)));
  return [
    `create policy ${quoteIdentifier(name)} on ${quoteName(table)} as ${as} for ${command}`,
    `to ${roles.join(", ")}`,
    ...(using === undefined ? [] : [`using (${using})`]),
    ...(check === undefined ? [] : [`with check (${check})`]),
  ].join(" ");
}
