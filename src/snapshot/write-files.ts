import { randomBytes } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { replaceableFile } from "../core/replaceable-file.ts";

/** Writes files below `root`, each whole or not at all; a text that is undefined is a file that goes. */
export function writeFiles(root: string, files: ReadonlyMap<string, string | undefined>): void {
  for (const [file, text] of files) {
    const path = join(root, file);
    if (text === undefined) {
      rmSync(path, { force: true });
      continue;
    }
    mkdirSync(dirname(path), { recursive: true });
    const target = replaceableFile(path);
    if (target === undefined) {
      writeFileSync(path, text);
      continue;
    }
    const beside = `${target}.${randomBytes(6).toString("hex")}.tmp`;
    try {
      writeFileSync(beside, text, { flag: "wx" });
      renameSync(beside, target);
    } finally {
      rmSync(beside, { force: true });
    }
  }
}
