import picocolors from "picocolors";
import type { Json } from "../core/canonical-json.ts";
import type { Output, Sources } from "../core/command.ts";
import { type Diagnostic, inReadingOrder } from "../core/diagnostic.ts";
import { printable } from "../core/printable.ts";
import { annotation } from "./annotation.ts";
import { codeFrame } from "./code-frame.ts";

/** Where the two streams of a process go, and what is known of them. */
export type Streams = {
  write(text: string): void;
  writeError(text: string): void;
  color: boolean;
  env: Readonly<Record<string, string | undefined>>;
};

/** An {@link Output} for people, or with `json` for programs: then standard output holds one JSON value and nothing else. */
export function createOutput(streams: Streams, json: boolean): Output {
  const colors = picocolors.createColors(streams.color);
  const note = (text: string): void => streams.writeError(`${text}\n`);

  const show = (diagnostic: Diagnostic, { root, sources }: Sources): void => {
    const { file, line, column, severity, code, message, hint } = diagnostic;
    const paint = severity === "error" ? colors.red : colors.yellow;
    const place = colors.bold(printable(`${file}:${line}:${column}`));
    note(`${place} ${paint(severity)} ${printable(message)} ${colors.dim(code)}`);
    const text = sources.get(file);
    if (text !== undefined) note(printable(codeFrame(text, diagnostic)).replace(/^/gm, "    "));
    if (hint !== undefined) note(`    ${colors.cyan(printable(hint))}`);
    note("");
    const workspace = streams.env.GITHUB_WORKSPACE;
    if (streams.env.GITHUB_ACTIONS === "true" && !json)
      streams.write(`${annotation(diagnostic, root, workspace ?? root)}\n`);
  };

  return {
    line: (text = "") => json || streams.write(`${printable(text)}\n`),
    json: (value: Json) => json && streams.write(`${JSON.stringify(value, null, 2)}\n`),
    progress: (text) => json || note(colors.dim(printable(text))),
    warn: (text) => note(`${colors.yellow("warning")} ${printable(text)}`),
    diagnostics(diagnostics, project) {
      if (json) return;
      for (const diagnostic of inReadingOrder(diagnostics)) show(diagnostic, project);
    },
  };
}
