import type { Location } from "../core/diagnostic.ts";

/** The place of the UTF-16 offsets `start` to `end` (exclusive) of a file's text. */
export function placeOf(file: string, text: string, start: number, end = start + 1): Location {
  const from = lineAndColumn(text, start);
  const to = lineAndColumn(text, Math.max(end, start + 1));
  return { file, ...from, endLine: to.line, endColumn: to.column };
}

function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let next = text.indexOf("\n"); next !== -1 && next < offset; next = text.indexOf("\n", next + 1)) {
    line += 1;
    lineStart = next + 1;
  }
  return { line, column: offset - lineStart + 1 };
}
