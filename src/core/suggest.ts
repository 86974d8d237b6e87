import { closest, distance } from "fastest-levenshtein";

/**
 * "Did you mean `title`?", or undefined where no candidate is near enough to be what was meant.
 *
 * @example suggest("titel", ["title", "status"]) // "Did you mean `title`?"
 */
export function suggest(name: string, candidates: Iterable<string>): string | undefined {
  const list = [...candidates];
  if (list.length === 0) return undefined;
  const best = closest(name, list);
  return distance(name, best) <= Math.max(2, Math.floor(name.length / 3))
    ? `Did you mean \`${best}\`?`
    : undefined;
}
