import { posix, relative, sep } from "node:path";
import type { Diagnostic } from "../core/diagnostic.ts";

/**
 * A diagnostic as a workflow command of GitHub Actions, which shows it in the pull request.
 *
 * @param workspace the repository's root (GITHUB_WORKSPACE), from which the file's path is told.
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function annotation(diagnostic: Diagnostic, root: string, workspace: string): string {
  const { severity, file, line, column, endLine, endColumn, code, message, hint } = diagnostic;
  const properties = Object.entries({
    file: posix.join(relative(workspace, root).split(sep).join("/"), file),
    line,
    col: column,
    endLine,
    endColumn,
    title: code,
  })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  return `::${severity} ${properties.join(",")}::${escapeData([message, hint].filter(Boolean).join(" "))}`;
}

const escapeData = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
