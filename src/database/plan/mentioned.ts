import { type Key, keyOf, keyOfObject } from "../model/catalog-object.ts";
import type { Model } from "../model/model.ts";

/**
 * What SQL may name, of which the catalog knows nothing yet: tables, enums and objects whose name stands in it. What it
 * does not mean may be among them.
 */
export function mentionedIn(sql: readonly string[], { tables, enums, objects }: Model): Key[] {
  const text = sql.join("\n").toLowerCase();
  const isNamed = (name: string): boolean => text.includes(bareName(name));
  return [
    ...[...tables.keys()].filter(isNamed).map((name) => keyOf("table", name)),
    ...[...enums.keys()].filter(isNamed).map((name) => keyOf("enum", name)),
    ...[...objects.values()].filter(({ name }) => isNamed(name)).map(keyOfObject),
  ];
}

/** `slugify` of `audit.slugify(text)`, as it stands in SQL. */
const bareName = (name: string): string =>
  name.replace(/\(.*/s, "").replace(/^.*\./s, "").replaceAll('"', '""').toLowerCase();
