import type { Location } from "../core/diagnostic.ts";

/** The place of the UTF-16 offsets `start` to `end` (exclusive) of a text. */
type PlaceInText = (start: number, end?: number) => Location;

/** The place of the UTF-16 offsets `start` to `end` (exclusive) of a file's text. */
export const placeOf = (file: string, text: string, start: number, end?: number): Location =>
  placesIn(file, text)(start, end);

/** Like {@link placeOf} for one text of which many places are asked: its lines are counted once. */
export function placesIn(file: string, text: string): PlaceInText {
  let counted: readonly number[] | undefined;
  return (start, end = start + 1) => {
    counted ??= lineStartsOf(text);
    const from = lineAndColumn(counted, start);
    const to = lineAndColumn(counted, Math.max(end, start + 1));
    return { file, ...from, endLine: to.line, endColumn: to.column };
  };
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let next = text.indexOf("\n"); next !== -1; next = text.indexOf("\n", next + 1)) starts.push(next + 1);
  return starts;
}

/** The last line that begins at or before the offset. */
function lineAndColumn(starts: readonly number[], offset: number): { line: number; column: number } {
  let [first, last] = [0, starts.length - 1];
  while (first < last) {
    const middle = Math.ceil((first + last) / 2);
    if ((starts[middle] ?? 0) <= offset) first = middle;
    else last = middle - 1;
  }
  return { line: first + 1, column: offset - (starts[first] ?? 0) + 1 };
}
