import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeDirectory } from "../core/make-directory.ts";
import { replaceFile } from "../core/replace-file.ts";

/** Writes files below `root`, each whole or not at all; a text that is undefined is a file that goes. */
export function writeFiles(root: string, files: ReadonlyMap<string, string | undefined>): void {
  for (const [file, text] of files) {
    const path = join(root, file);
    if (text === undefined) {
      rmSync(path, { force: true });
      continue;
    }
    makeDirectory(dirname(path));
    replaceFile(path, text);
  }
}
