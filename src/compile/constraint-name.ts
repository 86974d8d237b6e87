/** The most bytes that Postgres keeps of a name (NAMEDATALEN - 1). */
const longest = 63;

/**
 * The name that Postgres gives to a constraint or an index by itself: `tasks_owner_id_fkey`. Where it is too long,
 * the longer of table and columns is cut first (makeObjectName in PostgreSQL's indexcmds.c).
 */
export function constraintName(table: string, columns: string, label: string): string {
  const room = longest - label.length - 1 - (columns === "" ? 0 : 1);
  let [first, second] = [table.length, columns.length];
  while (first + second > room) {
    if (first > second) first -= 1;
    else second -= 1;
  }
  return [table.slice(0, first), columns.slice(0, second), label].filter((part) => part !== "").join("_");
}

/** Names that are taken in one namespace. */
export type Taken = Set<string>;

/** Like {@link constraintName}, with a number at the end where the name is taken, as Postgres does it. */
export function freeName(
  table: string,
  columns: string,
  label: string,
  isTaken: (name: string) => boolean,
): string {
  for (let number = 0; ; number += 1) {
    const name = constraintName(table, columns, number === 0 ? label : `${label}${number}`);
    if (!isTaken(name)) return name;
  }
}
