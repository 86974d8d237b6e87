import { canonicalJson } from "../../core/canonical-json.ts";
import type { CatalogObject } from "../model/catalog-object.ts";
import type { Model, Table } from "../model/model.ts";

/** The desired model, in the first words of Postgres instead of the second where the live one has these. */
export function inWordsAsWritten(live: Model, desired: Model): Model {
  const { asWritten } = desired;
  if (asWritten === undefined) return desired;
  return {
    ...desired,
    tables: new Map(
      [...desired.tables].map(([name, table]) => {
        const present = live.tables.get(name);
        const written = asWritten.tables.get(name);
        return [
          name,
          present === undefined || written === undefined ? table : tableIn(present, table, written),
        ];
      }),
    ),
    objects: chosen(live.objects, desired.objects, asWritten.objects, isSameObject),
  };
}

const tableIn = (live: Table, desired: Table, written: Table): Table => ({
  ...desired,
  columns: chosen(live.columns, desired.columns, written.columns, isEqual),
  constraints: chosen(
    live.constraints,
    desired.constraints,
    written.constraints,
    (a, b) => a.definition === b.definition,
  ),
  indexes: chosen(live.indexes, desired.indexes, written.indexes, (a, b) => a.shape === b.shape),
});

function chosen<Name, T>(
  live: ReadonlyMap<Name, T>,
  desired: ReadonlyMap<Name, T>,
  written: ReadonlyMap<Name, T>,
  isSame: (a: T, b: T) => boolean,
): ReadonlyMap<Name, T> {
  return new Map(
    [...desired].map(([name, wanted]) => {
      const [present, first] = [live.get(name), written.get(name)];
      return [
        name,
        present !== undefined && first !== undefined && first !== wanted && isSame(present, first)
          ? first
          : wanted,
      ];
    }),
  );
}

const isSameObject = (a: CatalogObject, b: CatalogObject): boolean =>
  canonicalJson(a.facts) === canonicalJson(b.facts);
/** A default alone may differ in its words. */
const isEqual = (a: { default?: string }, b: { default?: string }): boolean => a.default === b.default;
