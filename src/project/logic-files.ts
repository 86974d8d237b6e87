import type { Diagnostic } from "../core/diagnostic.ts";
import { readModuleFrontMatter, readSqlFrontMatter } from "./front-matter.ts";
import { problem, startOf } from "./problem.ts";
import type { LogicFile } from "./project.ts";
import type { SourceReader } from "./source-reader.ts";

const extension = /\.(sql|ts|js)$/;
const passedOver = /\.(?:test\.[tj]s|d\.ts|md)$|(?:^|\/)_[^/]*(?:\/|$)/;
const segment = /^[a-z0-9][A-Za-z0-9_-]{0,62}$/;

/**
 * Reads the files of `logic/` that are calls. A file or folder whose name starts with `_` holds code that others
 * import, and is no call; neither are `*.test.ts` and `*.d.ts`.
 */
export function readLogic(
  files: readonly string[],
  reader: SourceReader,
  diagnostics: Diagnostic[],
): LogicFile[] {
  return files.flatMap((file) => {
    const inside = file.slice("logic/".length);
    if (passedOver.test(inside)) {
      if (/\.[tj]s$/.test(inside)) reader.read(file);
      return [];
    }
    if (!extension.test(file)) {
      const hint = "Logic is .sql, .ts or .js; code that is only imported goes where a name starts with _.";
      diagnostics.push(problem(startOf(file), "unsupported_logic", `${file} cannot be a call.`, hint));
      return [];
    }
    const path = inside.replace(extension, "");
    const bad = path.split("/").find((part) => !segment.test(part));
    if (bad !== undefined) {
      const hint = "Use letters, digits, _ and -, beginning with a lower-case letter or a digit.";
      diagnostics.push(
        problem(startOf(file), "invalid_name", `\`${bad}\` cannot be part of a call's path.`, hint),
      );
      return [];
    }
    const text = reader.read(file);
    return text === undefined ? [] : [readLogicFile(file, path, text, diagnostics)];
  });
}

function readLogicFile(file: string, path: string, text: string, diagnostics: Diagnostic[]): LogicFile {
  if (file.endsWith(".sql")) {
    const { parsed, bodyOffset, diagnostics: found } = readSqlFrontMatter(text, file);
    diagnostics.push(...found);
    return { kind: "sql", file, path, text, front: parsed, bodyOffset };
  }
  const { parsed, diagnostics: found } = readModuleFrontMatter(text, file);
  diagnostics.push(...found);
  return { kind: "module", file, path, text, front: parsed };
}
