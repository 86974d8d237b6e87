import { randomUUID } from "node:crypto";
import { lstatSync, readlinkSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Writes a file whole or not at all; to a device or a pipe as it is.
 *
 * @throws the error of Node.
 */
export function replaceFile(file: string, content: Uint8Array | string): void {
  const target = replaceableFile(file);
  if (target === undefined) {
    writeFileSync(file, content);
    return;
  }
  const unfinished = `${target}.${randomUUID()}`;
  try {
    writeFileSync(unfinished, content, { flag: "wx" });
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

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
