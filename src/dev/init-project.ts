import { existsSync, statSync } from "node:fs";
import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { StkError } from "../core/error.ts";
import { makeDirectory } from "../core/make-directory.ts";
import { ownPackage } from "../core/package-root.ts";

/**
 * What was written: the project's name, and its files by their paths from its root, sorted. `extended` were there and
 * have more lines now, `kept` were there and are as they were.
 */
export type InitialisedProject = { name: string; files: string[]; extended: string[]; kept: string[] };

/** What a new repository often has. Nothing depends on the first; of the second each line is for itself. */
const readme = "README.md";
const ignored = ".gitignore";

/**
 * Writes a project that works at once into `root`, which is made where it is not there.
 * A segment `dot-NAME` of a template's path becomes `.NAME`: npm leaves some hidden files out of a package.
 *
 * A README.md that is there stays, and a .gitignore gets the lines that it lacks.
 *
 * @throws {StkError} `files_exist` where another file would be overwritten or stands in the directory's place; nothing is
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
  const existing = files.filter(({ path }) => existsSync(join(root, path)));
  refuseToOverwrite(existing.map(({ path }) => path).filter((path) => path !== readme && path !== ignored));
  const made = files.filter((file) => !existing.includes(file));
  for (const { path, text } of made) {
    const target = join(root, path);
    makeDirectory(dirname(target));
    await writeFile(target, text, { flag: "wx" });
  }
  const extended: string[] = [];
  for (const { path, text } of existing)
    if (path === ignored && (await addLines(join(root, path), text))) extended.push(path);
  const kept = existing.map(({ path }) => path).filter((path) => !extended.includes(path));
  return { name, files: made.map(({ path }) => path), extended, kept };
}

/** Adds those lines to a file that it lacks; false where it has them all. */
async function addLines(file: string, text: string): Promise<boolean> {
  const before = await readFile(file, "utf8");
  const known = new Set(before.split(/\r?\n/));
  const missing = text.split("\n").filter((line) => line !== "" && !known.has(line));
  if (missing.length === 0) return false;
  const end = before === "" || before.endsWith("\n") ? "" : "\n";
  await appendFile(file, `${end}${missing.join("\n")}\n`);
  return true;
}

function refuseToOverwrite(existing: readonly string[]): void {
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
