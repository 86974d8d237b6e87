import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import { makeDirectory } from "./make-directory.ts";
import { seal } from "./seal.ts";

/** Results kept as JSON files in one directory. What cannot be read or written is done without. */
export type CacheFiles<T> = { read(key: string): T | undefined; write(key: string, value: T): void };

/**
 * Opens a directory of cached results; entries are parsed by `format` and the oldest are dropped. What this user did
 * not write is not believed: a checkout could bring a module that is not what its sources say.
 */
export const cacheFiles = <T>(directory: string, format: z.ZodType<T>, mostEntries = 32): CacheFiles<T> => ({
  read(key) {
    try {
      const [sealed, text = ""] = readFileSync(join(directory, `${key}.json`), "utf8").split("\n", 2);
      return sealed === sealOf(key, text) ? format.safeParse(JSON.parse(text)).data : undefined;
    } catch {
      return undefined;
    }
  },
  write(key, value) {
    const file = join(directory, `${key}.json`);
    const unfinished = `${file}.${randomUUID()}`;
    try {
      makeDirectory(directory, 0o700);
      const text = JSON.stringify(value);
      writeFileSync(unfinished, `${sealOf(key, text)}\n${text}`);
      renameSync(unfinished, file);
      prune(directory, mostEntries);
    } catch {
      discard(unfinished);
    }
  },
});

const sealOf = (key: string, text: string): string => seal(`${key}\n${text}`, process.env);

function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // What could not be written need not be there to be removed.
  }
}

function prune(directory: string, mostEntries: number): void {
  const files = readdirSync(directory).map((name) => join(directory, name));
  const aged = files.map((file) => ({ file, time: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }));
  for (const { file } of aged.sort((a, b) => b.time - a.time).slice(mostEntries))
    rmSync(file, { force: true });
}
