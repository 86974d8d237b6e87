import { statSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "../core/diagnostic.ts";
import { problem } from "./problem.ts";
import { readText } from "./read-text.ts";
import { findSecrets, maskSecrets } from "./secrets.ts";
import { placeOf } from "./text-position.ts";

/** Reads a project's files, keeping the masked text of each for code frames. */
export type SourceReader = {
  /** The file's text, or undefined where it is absent or unreadable, which is reported. */
  read(file: string): string | undefined;
  sources: ReadonlyMap<string, string>;
  redact(text: string): string;
};

/** A {@link SourceReader} that reports unreadable files and literal secrets into `diagnostics`. */
export function createSourceReader(root: string, diagnostics: Diagnostic[]): SourceReader {
  const sources = new Map<string, string>();
  const secrets = new Set<string>();
  return {
    sources,
    read(file) {
      if (!statSync(join(root, file), { throwIfNoEntry: false })?.isFile()) return undefined;
      const result = readText(root, file);
      if ("diagnostic" in result) {
        diagnostics.push(result.diagnostic);
        return undefined;
      }
      const { text } = result;
      const matches = findSecrets(text, /\.ya?ml$/.test(file) ? "yaml" : "code");
      sources.set(file, maskSecrets(text, matches));
      for (const { kind, start, end } of matches) {
        secrets.add(text.slice(start, end));
        secrets.add(text.slice(start, end).replace(/^(["'`])(.*)\1$/s, "$2"));
        const firstLine = text.slice(start, end).split("\n", 1)[0] ?? "";
        const at = placeOf(file, text, start, start + firstLine.length);
        diagnostics.push(problem(at, "literal_secret", `This looks like ${kind}.`, secretHint(file)));
      }
      return text;
    },
    redact: (text) => [...secrets].reduce((redacted, secret) => redacted.replaceAll(secret, "***"), text),
  };
}

function secretHint(file: string): string {
  const remedy = file.startsWith("logic/")
    ? "name a variable under env: in the front matter and read it as context.env.NAME"
    : `write \${NAME} and set the variable where the release runs`;
  return `A secret never stands in a project's files: ${remedy}. If it was ever committed, replace it at its issuer.`;
}
