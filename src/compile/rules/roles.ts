import { builtInRoles } from "../../../schema/names.ts";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { suggest } from "../../core/suggest.ts";
import { problem } from "../../project/problem.ts";
import type { Context } from "../context.ts";

/** Roles that are built in need no declaration, and issuers give roles that are declared. */
export const checkRoles = (context: Context): Diagnostic[] => [
  ...builtInDeclared(context),
  ...givenUndeclared(context),
];

const givenUndeclared = ({ roles, project: { auth } }: Context): Diagnostic[] =>
  (auth?.value.issuers ?? []).flatMap((issuer, index) =>
    (issuer.roles ?? []).flatMap((role, position) =>
      auth === undefined || (roles.has(role) && !builtInRoles.some((name) => name === role))
        ? []
        : [
            problem(
              auth.at(["issuers", index, "roles", position]),
              "undeclared_role",
              `The role \`${role}\` is not one that a token may carry.`,
              suggest(role, roles) ?? "Add it to roles: in config/permissions.yaml.",
            ),
          ],
    ),
  );

const builtInDeclared = ({ project: { permissions } }: Context): Diagnostic[] =>
  (permissions?.value.roles ?? []).flatMap((role, index) =>
    permissions !== undefined && builtInRoles.some((name) => name === role)
      ? [
          problem(
            permissions.at(["roles", index]),
            "reserved_name",
            `\`${role}\` is built in.`,
            "Take it out of roles.",
          ),
        ]
      : [],
  );
