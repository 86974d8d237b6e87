import type { Location } from "../../core/diagnostic.ts";
import type { Range } from "../../project/project.ts";

/** SQL that a person wrote, and where each of its characters stands. */
export type SqlSource = { text: string; at(within: Range): Location };

/** A statement of which `source` from `start` on is what stands from `begin` on; all are UTF-16 offsets. */
export type WrittenSql = { sql: string; begin: number; source: SqlSource; start: number };

const word = /[\p{L}\p{N}_$]+|[\s\S]/uy;

/** Where Postgres points to in a statement: `position` counts characters from 1. Undefined outside of what was written. */
export function placeInSql(
  { sql, begin, source, start }: WrittenSql,
  position: number,
): Location | undefined {
  const offset = [...sql].slice(0, position - 1).join("").length - begin + start;
  if (offset < start || offset >= source.text.length) return undefined;
  word.lastIndex = offset;
  word.test(source.text);
  return source.at({ start: offset, end: Math.max(word.lastIndex, offset + 1) });
}
