import type { Location } from "../core/diagnostic.ts";

const context = 1;
const widest = 160;

/**
 * The lines around a place, with the place underlined.
 *
 * @example
 *   3 |   titel: { type: text }
 *     |   ^^^^^
 */
export function codeFrame(text: string, { line, column, endLine = line, endColumn }: Location): string {
  const lines = text.split(/\r\n|\n|\r/);
  const first = Math.max(1, line - context);
  const last = Math.min(lines.length, line + context);
  const gutter = String(last).length;
  const frame: string[] = [];
  for (let number = first; number <= last; number += 1) {
    const content = (lines[number - 1] ?? "").replaceAll("\t", " ");
    frame.push(`${String(number).padStart(gutter)} | ${content.slice(0, widest)}`.trimEnd());
    if (number !== line || column > widest) continue;
    const end = endLine === line && endColumn !== undefined ? endColumn : content.length + 1;
    const length = Math.max(1, Math.min(end, widest) - column);
    frame.push(`${" ".repeat(gutter)} | ${" ".repeat(column - 1)}${"^".repeat(length)}`);
  }
  return frame.join("\n");
}
