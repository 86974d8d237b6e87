import { isDeepStrictEqual } from "node:util";
import type { Value } from "./table-part.ts";
import { membersOf } from "./whole-table.ts";
import type { EditPath, YamlEdit } from "./yaml-edit.ts";

const isMapping = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Changes what is written at `path` so that it says `live`. Only what `declared`, which is what is written there as
 * Postgres understood it, says otherwise is touched.
 */
export function mergeValue(
  edit: YamlEdit,
  path: EditPath,
  declared: Value | undefined,
  live: Value | undefined,
): void {
  if (isDeepStrictEqual(declared, live)) return;
  if (live === undefined) {
    edit.remove(path);
    return;
  }
  if (!isMapping(live) || !isMapping(edit.get(path))) {
    edit.set(path, live);
    return;
  }
  const [from, to] = [membersOf(declared ?? {}), membersOf(live)];
  let after: string | undefined;
  for (const [key, value] of Object.entries(to)) {
    if (edit.get([...path, key]) === undefined) {
      if (!isDeepStrictEqual(from[key], value)) edit.set([...path, key], value, { after });
    } else mergeValue(edit, [...path, key], from[key], value);
    after = key;
  }
  for (const key of Object.keys(from)) if (to[key] === undefined) edit.remove([...path, key]);
}
