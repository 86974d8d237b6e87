import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import type { Extension, PGlite } from "@electric-sql/pglite";
import { Header } from "tar/header";

/** A file of an extension; its path is within PGlite's own directory. */
type ContribFile = { readonly path: string; readonly content: Uint8Array };

const read = new Map<string, Promise<readonly ContribFile[]>>();
const blockBytes = 512;
/** Where PGlite has its programs and libraries, in its own file system, which is in memory. */
const root = "/pglite";

/** Where `create extension` looks. */
const extensionDirectory = `${root}/share/postgresql/extension`;

/**
 * Gives an engine that is open the files of an extension. PGlite compiles the library of each with which it is opened;
 * a library that is there is compiled when it is first used.
 */
export async function writeContrib(pglite: PGlite, { setup }: Extension): Promise<void> {
  const { FS } = pglite.Module;
  const { bundlePath } = await setup(pglite, {});
  if (bundlePath === undefined) return;
  const files = read.get(bundlePath.href) ?? filesOf(bundlePath);
  read.set(bundlePath.href, files);
  for (const { path, content } of await files) {
    FS.mkdirTree(`${root}/${path}`.replace(/\/[^/]*$/, ""));
    FS.writeFile(`${root}/${path}`, content);
  }
}

/** Gives an engine an empty extension in place of one that PGlite lacks. */
export function writeStandIn(pglite: PGlite, name: string): void {
  const file = `${extensionDirectory}/${name}`;
  pglite.Module.FS.writeFile(`${file}.control`, "default_version = '0'\nrelocatable = true\n");
  pglite.Module.FS.writeFile(`${file}--0.sql`, "");
}

/** The files of a gzipped tar archive. */
async function filesOf(bundle: URL): Promise<readonly ContribFile[]> {
  const archive = gunzipSync(await readFile(bundle));
  const files: ContribFile[] = [];
  for (let at = 0; at + blockBytes <= archive.length; ) {
    const { path, size = 0, type, nullBlock } = new Header(archive, at);
    at += blockBytes;
    if (path !== undefined && type === "File" && !nullBlock)
      files.push({ path, content: archive.subarray(at, at + size) });
    at += Math.ceil(size / blockBytes) * blockBytes;
  }
  return files;
}
