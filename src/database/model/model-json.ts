import type { Json } from "../../core/canonical-json.ts";
import type { CatalogObject } from "./catalog-object.ts";
import type { RecordedModel } from "./model-from-json.ts";

type Plain = { [key: string]: Json | undefined };

/** A model as JSON, but for what rests on what and what cannot be declared. */
export const modelAsJson = ({ enums, tables, objects, comments }: RecordedModel): Json => ({
  enums: [...enums].map(([name, values]) => ({ name, values: [...values] })),
  tables: [...tables].map(([name, { columns, constraints, indexes, storage, ...table }]) => ({
    name,
    ...table,
    ...(storage === undefined ? {} : { storage: { ...storage } }),
    columns: listed(columns),
    constraints: listed(constraints),
    indexes: listed(indexes),
  })),
  objects: [...objects.values()].map(objectAsJson),
  comments: [...comments].map(([target, text]) => ({ target, text })),
});

const listed = (members: ReadonlyMap<string, Plain>): Json =>
  [...members].map(([name, member]) => ({ name, ...member }));

const objectAsJson = ({ kind, name, table, facts, grants }: CatalogObject): Json => ({
  kind,
  name,
  ...(table === undefined ? {} : { table }),
  facts: { ...facts },
  ...(grants === undefined ? {} : { grants: [...grants] }),
});
