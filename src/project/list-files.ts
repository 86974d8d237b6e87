import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import type { Diagnostic } from "../core/diagnostic.ts";
import { problem, startOf } from "./problem.ts";

const mostFiles = 2_000;
const deepest = 16;

/** The files below one folder of a project, as sorted paths from its root, and what cannot be taken as a file. */
export type Listing = { files: string[]; diagnostics: Diagnostic[] };

/**
 * Lists a folder of the project; an absent one is empty. Hidden files and node_modules are passed over, but `.env*`
 * files are refused, as are links that lead out of the project and links to directories.
 */
export function listFiles(root: string, folder: string): Listing {
  const listing: Listing = { files: [], diagnostics: [] };
  visit({ root: realpathSync(root), listing }, folder, 0);
  listing.files.sort();
  return listing;
}

type Visit = { root: string; listing: Listing };

function visit(state: Visit, folder: string, depth: number): void {
  const { files, diagnostics } = state.listing;
  const refuse = (file: string, code: string, message: string, hint: string): void => {
    diagnostics.push(problem(startOf(file), code, message, hint));
  };
  if (depth > deepest) {
    refuse(folder, "too_deep", `Folders nest deeper than ${deepest} levels.`, "Flatten them.");
    return;
  }
  for (const entry of entriesOf(join(state.root, folder))) {
    const file = `${folder}/${entry.name}`;
    if (entry.name.startsWith(".env")) {
      refuse(
        file,
        "env_file",
        `${file} is a file of environment variables.`,
        "Keep .env beside stk.yaml, ignored by Git.",
      );
      continue;
    }
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    if (entry.isDirectory()) visit(state, file, depth + 1);
    else if (!isPlainFile(state.root, file, entry))
      refuse(
        file,
        "not_a_file",
        `${file} is a link out of the project, or not a file.`,
        "Replace it with a plain file.",
      );
    else if (files.length < mostFiles) files.push(file);
    else if (files.length === mostFiles) {
      files.push(file);
      refuse(folder, "too_many_files", `${folder} holds more than ${mostFiles} files.`, "Split the project.");
    }
  }
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

function isPlainFile(root: string, file: string, entry: Dirent): boolean {
  if (entry.isFile()) return true;
  if (!entry.isSymbolicLink()) return false;
  try {
    const target = realpathSync(join(root, file));
    return target.startsWith(root + sep) && statSync(target).isFile();
  } catch {
    return false;
  }
}
