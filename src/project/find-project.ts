import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { StkError } from "../core/error.ts";
import { suggest } from "../core/suggest.ts";

/** The file that makes a directory a project. */
export const projectFileName = "stk.yaml";

/**
 * The directory of the project: the one that is `named`, else the nearest at or above `cwd` that holds a `stk.yaml`.
 * Nothing above a directory that is named stands in for it.
 *
 * @throws {StkError} `project_not_found`
 */
export function findProject(cwd: string, named?: string): string {
  const start = resolve(cwd, named ?? ".");
  if (named === "") throw notFound("The name of the project is empty.", start, nameIt);
  if (named !== undefined) {
    if (isProject(start)) return start;
    throw notNamed(start);
  }
  for (let current = start; ; current = dirname(current)) {
    if (isProject(current)) return current;
    if (current === dirname(current)) break;
  }
  throw notFound(`There is no ${projectFileName} in ${start} or above it.`, start);
}

const nameIt = `Name the directory that holds ${projectFileName}.`;

const isProject = (directory: string): boolean => existsSync(join(directory, projectFileName));

function notNamed(directory: string): StkError {
  const stats = statSync(directory, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return notFound(`There is no ${projectFileName} in ${directory}.`, directory);
  const [fault, hint] =
    stats === undefined
      ? [`There is no directory ${directory}.`, suggest(basename(directory), projectsIn(dirname(directory)))]
      : [`${directory} is no directory.`, nameIt];
  return notFound(fault, directory, hint);
}

const projectsIn = (directory: string): string[] =>
  isDirectory(directory) ? readdirSync(directory).filter((name) => isProject(join(directory, name))) : [];

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function notFound(message: string, directory: string, hint?: string): StkError {
  const isMisnamed = existsSync(join(directory, "stk.yml"));
  const usual = isMisnamed ? `Rename stk.yml to ${projectFileName}.` : "Make a project with: stk init";
  return new StkError("project_not_found", message, { hint: hint ?? usual });
}
