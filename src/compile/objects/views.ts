import type { ViewDeclaration } from "../../../schema/views.ts";
import { quoteList, quoteName } from "../../database/identifier.ts";
import type { DeclareObjects } from "./placed-object.ts";

/** Views (PostgreSQL documentation, CREATE VIEW). */
export const declareViews: DeclareObjects = ({ schema, sqlOf }) =>
  Object.entries(schema.value.views ?? {}).flatMap(([name, view]) => {
    const query = sqlOf(view, ["views", name]);
    if (query === undefined) return [];
    const columns = view.columns === undefined ? "" : ` (${quoteList(view.columns)})`;
    const sql = `create view ${quoteName(name)}${columns}${optionsOf(view)} as\n${query.trim().replace(/;$/, "")}`;
    return [{ object: { kind: "view", name, sql: [sql] }, at: schema.at(["views", name], "key") }];
  });

function optionsOf({ securityInvoker, securityBarrier, checkOption }: ViewDeclaration): string {
  const options = [
    ...(securityInvoker === undefined ? [] : [`security_invoker = ${securityInvoker}`]),
    ...(securityBarrier === undefined ? [] : [`security_barrier = ${securityBarrier}`]),
    ...(checkOption === undefined ? [] : [`check_option = ${checkOption}`]),
  ];
  return options.length === 0 ? "" : ` with (${options.join(", ")})`;
}
