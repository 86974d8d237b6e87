import type { Key } from "../database/model/catalog-object.ts";
import type { Model } from "../database/model/model.ts";

/** The tables that a policy is of. */
export const tablesWithPolicies = ({ objects }: Model): ReadonlySet<string> =>
  new Set(
    [...objects.values()].flatMap(({ kind, table }) =>
      kind === "policy" && table !== undefined ? [table] : [],
    ),
  );

/** The tables that a view reads, through other views too. */
export function tablesBeneath(view: Key, { dependencies, tables, objects }: Model): string[] {
  const seen = new Set<Key>();
  const queue: Key[] = [view];
  for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
    if (seen.has(key)) continue;
    seen.add(key);
    if (key === view || objects.get(key)?.kind === "view") queue.push(...(dependencies.get(key) ?? []));
  }
  const names = [...seen].flatMap((key) => {
    const kind = key.slice(0, key.indexOf(":"));
    const name = key.slice(key.indexOf(":") + 1);
    if (kind === "table") return [name];
    return kind === "column" ? [name.slice(0, name.lastIndexOf("."))] : [];
  });
  return [...new Set(names)].filter((name) => tables.has(name));
}
