import type { Key } from "../model/catalog-object.ts";
import type { Model } from "../model/model.ts";

/** What rests on each thing. */
export function inverted(dependencies: Model["dependencies"]): ReadonlyMap<Key, ReadonlySet<Key>> {
  const dependents = new Map<Key, Set<Key>>();
  for (const [key, all] of dependencies)
    for (const on of all) {
      const known = dependents.get(on);
      if (known === undefined) dependents.set(on, new Set([key]));
      else known.add(key);
    }
  return dependents;
}
