/**
 * Which of a table's keys are the same as one before them. Postgres leaves these out of a CREATE TABLE without a word
 * (transformIndexConstraints in PostgreSQL's parse_utilcmd.c), so that they must be added after it.
 */
export function repeatedKeys(
  constraints: Iterable<{ name: string; kind: string; definition: string }>,
): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { name, kind, definition } of constraints) {
    if (kind !== "primaryKey" && kind !== "unique" && kind !== "exclusion") continue;
    const index = definition.replace(/^(?:primary key|unique)\b/i, "");
    if (seen.has(index)) repeated.add(name);
    seen.add(index);
  }
  return repeated;
}
