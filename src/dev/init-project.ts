import { existsSync, statSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { StkError } from "../core/error.ts";
import { ownPackage } from "../core/package-root.ts";

/** What was written: the project's name, and its files by their paths from its root, sorted. */
export type InitialisedProject = { name: string; files: string[] };

/**
 * Writes a project that works at once into `root`, which is made where it is not there.
 * A segment `dot-NAME` of a template's path becomes `.NAME`: npm leaves some hidden files out of a package.
 *
 * @throws {StkError} `files_exist` where a file would be overwritten or stands in the directory's place; nothing is
 * written then.
 */
export async function initProject(root: string): Promise<InitialisedProject> {
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() === false)
    throw new StkError("files_exist", `${root} is a file.`, { hint: "Give the name of a directory." });
  const { root: own, version } = ownPackage();
  const templates = join(own, "templates", "init");
  const name = projectName(basename(root));
  const entries = await readdir(templates, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const source = join(entry.parentPath, entry.name);
        const path = source.slice(templates.length + 1).replaceAll("\\", "/");
        const text = await readFile(source, "utf8");
        return {
          path: path.replace(/(^|\/)dot-/g, "$1."),
          text: text.replaceAll("__PROJECT__", name).replaceAll("__SANTOKIT__", version),
        };
      }),
  );
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  refuseToOverwrite(
    root,
    files.map(({ path }) => path),
  );
  for (const { path, text } of files) {
    const target = join(root, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text, { flag: "wx" });
  }
  return { name, files: files.map(({ path }) => path) };
}

function refuseToOverwrite(root: string, paths: readonly string[]): void {
  const existing = paths.filter((path) => existsSync(join(root, path)));
  if (existing.length === 0) return;
  throw new StkError("files_exist", `These files are there already: ${existing.join(", ")}.`, {
    hint: "Give another directory, or move them away. Nothing was written.",
    details: { files: existing },
  });
}

/** A directory's name as a project may be called: lower-case letters, digits and `-`. */
function projectName(directory: string): string {
  const name = directory
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 63)
    .replace(/^-+|-+$/g, "");
  return name === "" ? "project" : name;
}
