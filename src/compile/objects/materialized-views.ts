import type { MaterializedViewDeclaration } from "../../../schema/views.ts";
import { quoteList, quoteLiteral, quoteName, splitName } from "../../database/identifier.ts";
import { renderIndex } from "../../database/shadow/render-keys.ts";
import { freeName, type Taken } from "../constraint-name.ts";
import { declareIndex, namingParts } from "../declare-index.ts";
import type { DeclareObjects } from "./placed-object.ts";
import { queryAfter } from "./query-of.ts";

/** Materialized views with their indexes (PostgreSQL documentation, CREATE MATERIALIZED VIEW). */
export const declareMaterializedViews: DeclareObjects = ({ schema, sqlOf, diagnostics }) =>
  Object.entries(schema.value.materializedViews ?? {}).flatMap(([name, view]) => {
    const source = sqlOf(view, ["materializedViews", name]);
    if (source === undefined) return [];
    const columns = view.columns === undefined ? "" : ` (${quoteList(view.columns)})`;
    const settings = Object.entries(view.storage ?? {}).map(
      ([key, value]) => `${key} = ${quoteLiteral(String(value))}`,
    );
    const options = settings.length === 0 ? "" : ` with (${settings.join(", ")})`;
    const head = `create materialized view ${quoteName(name)}${columns}${options} as\n`;
    const written = queryAfter(head, source, diagnostics);
    if (written === undefined) return [];
    return [
      {
        object: { kind: "materializedView", name, sql: [written.sql, ...indexesOf(name, view)] },
        at: schema.at(["materializedViews", name], "key"),
        written,
      },
    ];
  });

/** Those without a name are named as Postgres would. */
function indexesOf(view: string, { indexes = [] }: MaterializedViewDeclaration): string[] {
  const taken: Taken = new Set([splitName(view).local]);
  return indexes.map((index) => {
    const name =
      index.name ??
      freeName(splitName(view).local, namingParts(index).join("_"), "idx", (one) => taken.has(one));
    taken.add(name);
    return renderIndex(view, declareIndex(name, index));
  });
}
