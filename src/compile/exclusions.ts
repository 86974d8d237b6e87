import type { TableDeclaration } from "../../schema/tables.ts";
import { quoteIdentifier, quoteList } from "../database/identifier.ts";
import { partSql } from "./declare-index.ts";

/** An exclusion constraint as it is written. */
export type ExclusionDeclaration = NonNullable<TableDeclaration["exclusions"]>[number];

/** What stands after the name of an exclusion constraint (PostgreSQL documentation, CREATE TABLE). */
export function declareExclusion({
  method = "gist",
  elements,
  include,
  where,
  deferrable,
}: ExclusionDeclaration): string {
  const list = elements.map(
    ({ with: operator, ...part }) => `${partSql(part)} with ${operatorSql(operator)}`,
  );
  return [
    `exclude using ${method} (${list.join(", ")})`,
    ...(include === undefined ? [] : [`include (${quoteList(include)})`]),
    ...(where === undefined ? [] : [`where (${where})`]),
    ...(deferrable === undefined ? [] : [deferrable]),
  ].join(" ");
}

function operatorSql(operator: string): string {
  const dot = operator.indexOf(".");
  return dot < 0
    ? operator
    : `operator(${quoteIdentifier(operator.slice(0, dot))}.${operator.slice(dot + 1)})`;
}
