import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Manifest } from "../schema/manifest.ts";
import { digestOf } from "../src/core/digest.ts";
import { StkError } from "../src/core/error.ts";
import { tarOf } from "../src/core/tar.ts";

/**
 * Checks that a directory holds the bundle that was baked: the manifest, the modules that it names and their source
 * maps. What else is there, as from an image that was baked on another, is never read.
 *
 * @param expected the bundle's digest, as the image has it in STK_BUNDLE_DIGEST.
 * @throws {StkError} `bundle_changed`.
 */
export async function verifyBundle(directory: string, manifest: Manifest, expected: string): Promise<void> {
  const modules = Object.values(manifest.logic).flatMap((logic) =>
    logic.kind === "module" ? [logic.file, `maps/${logic.file}.map`] : [],
  );
  const files = await Promise.all(
    ["manifest.json", ...new Set(modules)].map(async (file) => {
      const content = await readFile(path.join(directory, file)).catch(() => undefined);
      return content === undefined ? [] : [{ path: file, content }];
    }),
  );
  if (digestOf(tarOf(files.flat(), { mtime: new Date(0) })) === expected) return;
  throw new StkError("bundle_changed", `The files in ${directory} are not the bundle that was baked.`, {
    hint: "Run the image as it was pushed, without a volume over its bundle; or bake the bundle again.",
  });
}
