import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { StkError } from "../core/error.ts";

/** The file that makes a directory a project. */
export const projectFileName = "stk.yaml";

/**
 * The nearest directory at or above `directory` that holds a `stk.yaml`.
 *
 * @throws {StkError} `project_not_found`
 */
export function findProject(directory: string): string {
  const start = resolve(directory);
  for (let current = start; ; current = dirname(current)) {
    if (existsSync(join(current, projectFileName))) return current;
    if (current === dirname(current)) break;
  }
  const misnamed = existsSync(join(start, "stk.yml"));
  throw new StkError("project_not_found", `There is no ${projectFileName} in ${start} or above it.`, {
    hint: misnamed ? `Rename stk.yml to ${projectFileName}.` : "Make a project with: stk init",
  });
}
