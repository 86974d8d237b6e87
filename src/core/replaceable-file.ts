import { lstatSync, readlinkSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * The file that a rename to `file` should replace: behind symbolic links, also those whose file is not there yet.
 * Undefined where a rename would take away something else than a file, such as a device or a pipe: that is written to.
 *
 * @throws the error of Node, such as ELOOP.
 */
export function replaceableFile(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile() && !found.isDirectory()) return undefined;
  let path = file;
  while (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
    path = resolve(dirname(path), readlinkSync(path));
  return path;
}
