import { createHash } from "node:crypto";
import { type FSWatcher, readdirSync, readFileSync, watch } from "node:fs";
import { join } from "node:path";

const quietMs = 80;
const folders = ["schema", "config", "logic", "seeds"] as const;
const files = ["stk.yaml", ".env"] as const;

/** Watches a project until it is closed. */
export type Watcher = { close(): void };

/**
 * Calls `changed` when the content of a project's files has changed and has been quiet for a moment. Every directory
 * is watched and not the files, as many editors write beside a file and rename.
 */
export function watchProject(root: string, changed: () => void): Watcher {
  const watchers = new Map<string, FSWatcher>();
  let last = contentOf(root);
  let timer: NodeJS.Timeout | undefined;

  const settle = (): void => {
    synchronise();
    const now = contentOf(root);
    if (now === last) return;
    last = now;
    changed();
  };
  const stir = (): void => {
    clearTimeout(timer);
    timer = setTimeout(settle, quietMs);
  };
  const forget = (directory: string): void => {
    watchers.get(directory)?.close();
    watchers.delete(directory);
  };
  const synchronise = (): void => {
    const present = new Set([root, ...directoriesOf(root)]);
    for (const directory of watchers.keys()) if (!present.has(directory)) forget(directory);
    for (const directory of present) {
      if (watchers.has(directory)) continue;
      const watcher = watch(directory, stir);
      // A directory that is removed ends its watch; the one above it says so too.
      watcher.on("error", () => {
        forget(directory);
        stir();
      });
      watchers.set(directory, watcher);
    }
  };
  synchronise();
  // What changed between the first look and the last watch.
  stir();
  return {
    close() {
      clearTimeout(timer);
      for (const directory of [...watchers.keys()]) forget(directory);
    },
  };
}

const entriesOf = (directory: string) => {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
};

function directoriesOf(root: string): string[] {
  const below = (directory: string): string[] =>
    entriesOf(directory)
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules")
      .flatMap(({ name }) => [join(directory, name), ...below(join(directory, name))]);
  const present = new Set(
    entriesOf(root)
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name),
  );
  return folders
    .filter((folder) => present.has(folder))
    .flatMap((folder) => [join(root, folder), ...below(join(root, folder))]);
}

/** A digest over the names and bytes of all that a project is made of. */
function contentOf(root: string): string {
  const hash = createHash("sha256");
  const add = (file: string): void => {
    try {
      const content = readFileSync(file);
      hash.update(`${file}\0${content.length}\0`).update(content);
    } catch {
      // Gone since it was listed, or no file: the next look sees what it became.
    }
  };
  for (const file of files) add(join(root, file));
  for (const directory of directoriesOf(root))
    for (const { name } of entriesOf(directory).filter((entry) => !entry.isDirectory()))
      add(join(directory, name));
  return hash.digest("hex");
}
