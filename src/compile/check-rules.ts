import type { Diagnostic } from "../core/diagnostic.ts";
import type { Context } from "./context.ts";
import { checkColumns } from "./rules/columns.ts";
import { checkConnections } from "./rules/connections.ts";
import { checkExpressions } from "./rules/expressions.ts";
import { checkKeys } from "./rules/keys.ts";
import { checkLogic } from "./rules/logic.ts";
import { checkPermissions } from "./rules/permissions.ts";
import { checkReferences } from "./rules/references.ts";
import { checkRoles } from "./rules/roles.ts";
import { checkSchemas } from "./rules/schemas.ts";
import { checkSqlFiles } from "./rules/sql-files.ts";
import { checkTransition } from "./rules/transition.ts";
import { checkTriggers } from "./rules/triggers.ts";

const rules = [
  checkConnections,
  checkColumns,
  checkExpressions,
  checkKeys,
  checkReferences,
  checkSchemas,
  checkTransition,
  checkTriggers,
  checkSqlFiles,
  checkRoles,
  checkPermissions,
  checkLogic,
];

/** Everything that can be judged without Postgres. */
export const checkRules = (context: Context): Diagnostic[] => rules.flatMap((rule) => rule(context));
