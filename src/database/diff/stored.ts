import { type CatalogObject, keyOfObject } from "../model/catalog-object.ts";
import type { Model } from "../model/model.ts";
import { inverted } from "./dependents.ts";

/** Whether rows of tables may hold values of a type, in a column of it or of a type that is made of it. */
export function isStored(object: CatalogObject, { dependencies }: Model): boolean {
  const dependents = inverted(dependencies);
  const queue = [keyOfObject(object)];
  const seen = new Set(queue);
  for (let key = queue.shift(); key !== undefined; key = queue.shift())
    for (const dependent of dependents.get(key) ?? []) {
      if (dependent.startsWith("column:") || dependent.startsWith("other:")) return true;
      const isType = dependent.startsWith("domain:") || dependent.startsWith("composite:");
      if (!isType || seen.has(dependent)) continue;
      seen.add(dependent);
      queue.push(dependent);
    }
  return false;
}
