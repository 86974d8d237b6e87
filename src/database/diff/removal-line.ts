import type { ObjectKind } from "../../../schema/declared.ts";
import type { CatalogObject } from "../model/catalog-object.ts";
import { yamlName } from "../yaml-name.ts";

/** The key under `removed:` that names each kind. */
const removedAs: Readonly<Record<Exclude<ObjectKind, "trigger" | "policy">, string>> = {
  schema: "schemas",
  extension: "extensions",
  domain: "domains",
  composite: "composites",
  sequence: "sequences",
  routine: "functions",
  partition: "partitions",
  view: "views",
  materializedView: "materializedViews",
};

/** What a schema file says to have an object dropped. */
export const removalLine = ({ kind, name, table }: CatalogObject): string =>
  kind === "trigger" || kind === "policy"
    ? `take ${yamlName(name)} from ${yamlName(table ?? "")}`
    : `removed: { ${removedAs[kind]}: [${yamlName(name)}] }`;
