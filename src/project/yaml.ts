import { type Document, isScalar, parseDocument, visit } from "yaml";
import type { Diagnostic, Location } from "../core/diagnostic.ts";
import { keepsValue } from "../core/exact-json.ts";
import { problem, startOf } from "./problem.ts";
import type { Part, Path, Range } from "./project.ts";
import { placeOf } from "./text-position.ts";
import { placesInYaml } from "./yaml-places.ts";

const mostAliases = 100;
const mostErrors = 5;
const deepest = 64;

/** A YAML document as plain values, with the place of each. `value` is undefined where it could not be read. */
export type YamlText = {
  value: unknown;
  at(path: Path, part?: Part, within?: Range): Location;
  diagnostics: Diagnostic[];
};

/** Reads one YAML 1.2 document. Syntax errors, duplicate keys, alias bombs and what nests too deep are reported. */
export function readYaml(text: string, file: string): YamlText {
  const unread = (diagnostic: Diagnostic): YamlText => ({
    value: undefined,
    at: () => startOf(file),
    diagnostics: [diagnostic],
  });
  const tooDeep = nestsTooDeep(text);
  if (tooDeep !== undefined)
    return unread(
      problem(placeOf(file, text, tooDeep), "too_deep", `${file} nests deeper than ${deepest} levels.`),
    );
  const document = parseDocument(text, {
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: true,
    version: "1.2",
  });
  const diagnostics = [...syntaxErrors(document, text, file), ...oddities(document, text, file)];
  const at = placesInYaml(document, text, file);
  const unreadable = document.errors.some(({ code }) => code !== "DUPLICATE_KEY");
  if (unreadable) return { value: undefined, at, diagnostics };
  try {
    return { value: document.toJS({ maxAliasCount: mostAliases }), at, diagnostics };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const diagnostic = problem(
      startOf(file),
      "too_many_aliases",
      "Its aliases expand too often.",
      "Write the values out.",
    );
    return { value: undefined, at, diagnostics: [...diagnostics, diagnostic] };
  }
}

function syntaxErrors(document: Document.Parsed, text: string, file: string): Diagnostic[] {
  return document.errors.slice(0, mostErrors).map(({ code, message, pos: [start, end] }) => {
    const at = placeOf(file, text, start, end);
    if (code !== "DUPLICATE_KEY")
      return problem(at, "invalid_yaml", `${message}.`.replace(/\.\.$/, "."), yamlHint(text, start));
    const key = /^[^\s:,]+/.exec(text.slice(start))?.[0] ?? "";
    return problem(at, "duplicate_key", `The key \`${key}\` is there twice.`, "Keep one of them.");
  });
}

function yamlHint(text: string, start: number): string | undefined {
  const line = text.slice(text.lastIndexOf("\n", start - 1) + 1).split("\n", 1)[0] ?? "";
  if (/\{.*\$\{/.test(line)) return `Inside { } quote it: "\${NAME}".`;
  return line.includes("\t") ? "YAML indents with spaces, not with tabs." : undefined;
}

/** What YAML allows and a declaration does not: prototype names, numbers that lose digits, tags. */
function oddities(document: Document.Parsed, text: string, file: string): Diagnostic[] {
  const found = document.warnings.map(({ message, pos: [start, end] }) =>
    problem(placeOf(file, text, start, end), "invalid_yaml", message),
  );
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && key.value === "__proto__" && key.range)
        found.push(
          problem(
            placeOf(file, text, key.range[0], key.range[1]),
            "reserved_name",
            "`__proto__` cannot be a name.",
          ),
        );
    },
    Scalar(_, { value, range }) {
      if (typeof value !== "number" || !range || isExact(value, text.slice(range[0], range[1]))) return;
      const at = placeOf(file, text, range[0], range[1]);
      found.push(
        problem(at, "inexact_number", "This number loses digits as a double.", "Write it in quotes."),
      );
    },
  });
  return found;
}

/** Whether a number has the value that was written: \`1e22\` has, which is no safe integer. */
const isExact = (value: number, written: string): boolean =>
  /^[\d.eE+-]+$/.test(written)
    ? keepsValue(value, written)
    : !Number.isInteger(value) || Number.isSafeInteger(value);

/**
 * Where a text nests deeper than any declaration does. It is counted from brackets, indents and dashes alone, so
 * that it holds before the parser's recursion would overflow.
 */
function nestsTooDeep(text: string): number | undefined {
  const indents: number[] = [];
  let brackets = 0;
  let offset = 0;
  for (const line of text.split("\n")) {
    const lead = /^[ ]*(?:[-?] +)*/.exec(line)?.[0] ?? "";
    if (line.trim() !== "") {
      while ((indents.at(-1) ?? -1) >= lead.length) indents.pop();
      indents.push(lead.length);
    }
    for (const character of line) {
      if (character === "[" || character === "{") brackets += 1;
      else if ((character === "]" || character === "}") && brackets > 0) brackets -= 1;
      if (brackets > deepest) return offset;
    }
    if (indents.length > deepest || lead.replaceAll(" ", "").length > deepest) return offset;
    offset += line.length + 1;
  }
  return undefined;
}
