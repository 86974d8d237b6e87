import { defaultSchema } from "../../../../schema/names.ts";
import { splitName } from "../../identifier.ts";

const longestName = 63;

/**
 * A free name for an index of a partition, the one that Postgres would choose (ChooseIndexName in PostgreSQL's
 * indexcmds.c): `events_1_at_idx`, and where that is taken `events_1_at_idx1`. The table's part and the columns' are
 * cut, the longer one first, where they are too long together.
 */
export function freeIndexName(
  table: string,
  columns: readonly string[],
  suffix: "idx" | "key" | "pkey",
  isTaken: (name: string) => boolean,
): string {
  const { schema, local } = splitName(table);
  const middle = suffix === "pkey" ? "" : columns.join("_");
  for (let number = 0; ; number += 1) {
    const name = joined(local, middle, `${suffix}${number === 0 ? "" : number}`);
    if (!isTaken(schema === defaultSchema ? name : `${schema}.${name}`)) return name;
  }
}

function joined(first: string, second: string, last: string): string {
  const room = longestName - last.length - 1 - (second === "" ? 0 : 1);
  let [a, b] = [first, second];
  while (Buffer.byteLength(a) + Buffer.byteLength(b) > room)
    if (Buffer.byteLength(a) > Buffer.byteLength(b)) a = a.slice(0, -1);
    else b = b.slice(0, -1);
  return [a, ...(b === "" ? [] : [b]), last].join("_");
}

/** What Postgres calls the parts of an index by: a column, the function that an expression calls, or `expr`. */
export const partNames = (keys: readonly string[]): string[] =>
  keys.map((key) => {
    const quoted = /^"((?:[^"]|"")+)"$/.exec(key)?.[1];
    if (quoted !== undefined) return quoted.replaceAll('""', '"');
    return /^([a-z_][a-z0-9_$]*)(?:\(.*\))?$/s.exec(key)?.[1] ?? "expr";
  });
