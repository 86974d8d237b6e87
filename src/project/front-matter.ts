import type { z } from "zod";
import {
  type ModuleFrontMatter,
  moduleFrontMatter,
  type SqlFrontMatter,
  sqlFrontMatter,
} from "../../schema/logic.ts";
import { type ParseResult, parseDeclaration } from "./parse.ts";
import { problem, startOf } from "./problem.ts";

const sqlOpening = /^---[ \t]*\n/;
const sqlClosing = /^---[ \t]*(?:\n|$)/m;
const moduleOpening = /^(?:\s|\/\/[^\n]*\n)*\/\*---[ \t]*\n/;
const moduleClosing = /^---[ \t]*\*\//m;

/** The front matter of SQL logic, and the offset at which its statements begin. */
export function readSqlFrontMatter(
  text: string,
  file: string,
): ParseResult<SqlFrontMatter> & { bodyOffset: number } {
  const block = cut(text, sqlOpening, sqlClosing);
  const example = "Begin the file with: ---, then access: authenticated, then ---.";
  if (block === undefined) return { ...absent(file, example), bodyOffset: 0 };
  return { ...parse(sqlFrontMatter, block, text, file), bodyOffset: block.end };
}

/** The front matter of a module, which stands in a comment of its own before everything else. */
export function readModuleFrontMatter(text: string, file: string): ParseResult<ModuleFrontMatter> {
  const block = cut(text, moduleOpening, moduleClosing);
  const example = "Begin the file with: /*---, then access: authenticated, then ---*/.";
  return block === undefined ? absent(file, example) : parse(moduleFrontMatter, block, text, file);
}

type Block = { start: number; stop: number; end: number };

function cut(text: string, opening: RegExp, closing: RegExp): Block | undefined {
  const opened = opening.exec(text);
  if (opened === null) return undefined;
  const start = opened[0].length;
  const closed = closing.exec(text.slice(start));
  if (closed === null) return undefined;
  return { start, stop: start + closed.index, end: start + closed.index + closed[0].length };
}

// Blank lines stand for what is before the block, so that YAML's positions are the file's.
function parse<T>(format: z.ZodType<T>, { start, stop }: Block, text: string, file: string): ParseResult<T> {
  const before = text.slice(0, start).replace(/[^\n]+/g, "");
  return parseDeclaration(format, before + text.slice(start, stop), file);
}

const absent = (file: string, example: string) => ({
  diagnostics: [
    problem(startOf(file), "missing_front_matter", `${file} does not say who may call it.`, example),
  ],
});
