import { join } from "node:path";
import { makeDirectory } from "../core/make-directory.ts";

/** What `stk` keeps in a project between runs: databases, images, the development key. Git ignores it. */
export const stateDirectoryName = ".stk";

/** The path of something in the project's state directory, which is made, for its owner alone, where it is not there. */
export async function stateFile(root: string, ...names: readonly string[]): Promise<string> {
  const directory = join(root, stateDirectoryName);
  makeDirectory(directory, 0o700);
  return join(directory, ...names);
}
