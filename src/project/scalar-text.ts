import type { Scalar } from "yaml";

/**
 * Where a character of a text's value stands in the document: both are UTF-16 offsets. Undefined where the document
 * folds lines or escapes characters before it.
 */
export function offsetInSource(
  { type, value, range }: Scalar,
  source: string,
  offset: number,
): number | undefined {
  if (typeof value !== "string" || !range) return undefined;
  if (type === "BLOCK_LITERAL") return offsetInLiteral(value, source, range[0], offset);
  const start = range[0] + (type === "QUOTE_SINGLE" || type === "QUOTE_DOUBLE" ? 1 : 0);
  return source.startsWith(value.slice(0, offset + 1), start) ? start + offset : undefined;
}

/** Every line of the value stands on a line of its own below the header, behind one indent. */
function offsetInLiteral(value: string, source: string, start: number, offset: number): number | undefined {
  const before = value.slice(0, offset).split("\n");
  const filled = value.split("\n").findIndex((line) => line !== "");
  const lineStart = (index: number): number => {
    let at = start;
    for (let line = 0; line <= index; line += 1) at = source.indexOf("\n", at) + 1;
    return at;
  };
  const first = lineStart(Math.max(filled, 0));
  const indent = /^ */.exec(source.slice(first, first + 200))?.[0].length ?? 0;
  const lead = /^ */.exec(value.split("\n")[filled] ?? "")?.[0].length ?? 0;
  const line = before.length - 1;
  const found = lineStart(line) + indent - lead + (before[line]?.length ?? 0);
  return source.charAt(found) === value.charAt(offset) ? found : undefined;
}
