import type { ViewDeclaration } from "../../../schema/views.ts";
import { quoteList, quoteName } from "../../database/identifier.ts";
import type { DeclareObjects } from "./placed-object.ts";
import { queryAfter } from "./query-of.ts";

/** Views (PostgreSQL documentation, CREATE VIEW). */
export const declareViews: DeclareObjects = ({ schema, sqlOf, diagnostics }) =>
  Object.entries(schema.value.views ?? {}).flatMap(([name, view]) => {
    const source = sqlOf(view, ["views", name]);
    if (source === undefined) return [];
    const columns = view.columns === undefined ? "" : ` (${quoteList(view.columns)})`;
    const head = `create view ${quoteName(name)}${columns}${optionsOf(view)} as\n`;
    const written = queryAfter(head, source, diagnostics);
    if (written === undefined) return [];
    const at = schema.at(["views", name], "key");
    return [{ object: { kind: "view", name, sql: [written.sql] }, at, written }];
  });

function optionsOf({ securityInvoker, securityBarrier, checkOption }: ViewDeclaration): string {
  const options = [
    ...(securityInvoker === undefined ? [] : [`security_invoker = ${securityInvoker}`]),
    ...(securityBarrier === undefined ? [] : [`security_barrier = ${securityBarrier}`]),
    ...(checkOption === undefined ? [] : [`check_option = ${checkOption}`]),
  ];
  return options.length === 0 ? "" : ` with (${options.join(", ")})`;
}
