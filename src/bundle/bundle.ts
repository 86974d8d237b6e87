import { join } from "node:path";
import type { Manifest } from "../../schema/manifest.ts";
import type { BundleFile, Compilation } from "../compile/compilation.ts";
import { canonicalJsonText, type Json } from "../core/canonical-json.ts";
import { assertNoErrors } from "../core/diagnostic.ts";
import { type Digest, digestOf } from "../core/digest.ts";
import { gzip } from "../core/gzip.ts";
import { makeDirectory } from "../core/make-directory.ts";
import { replaceFile } from "../core/replace-file.ts";
import { tarOf } from "../core/tar.ts";

export type { BundleFile } from "../compile/compilation.ts";

/** A compiled project as files: what goes into an image, and the source maps beside it. */
export type Bundle = {
  manifest: Manifest;
  /** `manifest.json`, `logic/*.mjs` and `maps/logic/*.mjs.map`, in the order of their paths. */
  files: readonly BundleFile[];
  /** Of the uncompressed tar: gzip's bytes may differ between its versions, what is in it may not. */
  digest: Digest;
  /** The gzipped tar of `files`. */
  tarball: Uint8Array;
};

/**
 * Makes the bundle of a compilation: the same bytes for the same project on every machine.
 *
 * @throws {DiagnosticsError} `invalid_project` where the project has a problem.
 */
export function createBundle(compilation: Compilation): Bundle {
  assertNoErrors(compilation.diagnostics);
  const { manifest, modules } = compilation;
  if (manifest === undefined) throw new TypeError("a compilation without a problem has a manifest");
  const files = [{ path: manifestPath, content: Buffer.from(manifestText(manifest)) }, ...modules];
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const tar = tarOf(files, { mtime: new Date(0) });
  let tarball: Uint8Array | undefined;
  return {
    manifest,
    files,
    digest: digestOf(tar),
    // An image has the files and not the tarball, and compressing takes a tenth of a deploy.
    get tarball() {
      tarball ??= gzip(tar);
      return tarball;
    },
  };
}

const manifestPath = "manifest.json";

function manifestText(manifest: Manifest): string {
  // What is undefined is no member of JSON.
  const json: Json = JSON.parse(JSON.stringify(manifest));
  return canonicalJsonText(json);
}

/** Where {@link writeBundle} wrote. */
export type WrittenBundle = { manifest: string; tarball: string };

/** Writes `manifest.json` and `santokit-bundle.tgz` into a directory, each at once or not at all. */
export function writeBundle(bundle: Bundle, directory: string): WrittenBundle {
  makeDirectory(directory);
  const written = {
    manifest: join(directory, manifestPath),
    tarball: join(directory, "santokit-bundle.tgz"),
  };
  replaceFile(written.manifest, manifestText(bundle.manifest));
  replaceFile(written.tarball, bundle.tarball);
  return written;
}
