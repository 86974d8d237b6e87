import { join } from "node:path";
import { exitCodes, StkError } from "../core/error.ts";
import type { ArchiveSource } from "../oci/archive-source.ts";
import type { Platform } from "../oci/descriptor.ts";
import type { ImageSet, ImageSink, ImageSource } from "../oci/image.ts";
import type { Layout } from "../oci/layout.ts";
import { createRegistry } from "../oci/registry.ts";

/** A place that images are read from and written to. */
export type Place = ImageSource & ImageSink;

/** Every place that `stk` knows; what is large is loaded when it is used first. */
export type Places = {
  registry: Place;
  /** The project's own images: an OCI layout below `.stk`. */
  store(): Promise<Layout>;
  /** The Docker engine; undefined where none answers. */
  engine(): Promise<Place | undefined>;
  layout(directory: string): Promise<Layout>;
  archive(file: string): Promise<ImageSink & ArchiveSource>;
};

/** Where a project keeps its images. */
export const storeOf = (project: string): string => join(project, ".stk", "images");

/** What {@link openPlaces} takes of the process. */
export type PlacesOptions = {
  /** The project's directory. */
  project: string;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
};

/** The places of a run of `stk`. */
export function openPlaces({ project, env, signal }: PlacesOptions): Places {
  const layout = async (directory: string) => (await import("../oci/layout.ts")).openLayout(directory);
  let engine: Promise<Place | undefined> | undefined;
  return {
    registry: createRegistry({ env }),
    store: () => layout(storeOf(project)),
    engine() {
      engine ??= import("../oci/engine.ts").then(({ connectEngine }) => connectEngine({ env, signal }));
      return engine;
    },
    layout,
    async archive(file) {
      const [{ openArchive }, { openArchiveSource }] = await Promise.all([
        import("../oci/archive.ts"),
        import("../oci/archive-source.ts"),
      ]);
      return { ...openArchive(file), ...openArchiveSource(file) };
    },
  };
}

/**
 * Reads the image of a layout that is named by its path alone, or by a name in it as well: `oci:DIRECTORY:NAME`.
 *
 * @throws {StkError} `image_not_found`, `ambiguous_image`
 */
export async function readLayout(
  layout: Layout,
  name: string | undefined,
  signal?: AbortSignal,
  wanted?: (platform: Platform) => boolean,
): Promise<ImageSet> {
  const entries = await layout.list();
  const found = entries.filter((entry) => name === undefined || entry.name === name);
  const [only] = found;
  const names = entries.map((entry) => entry.name ?? entry.descriptor.digest).join(", ");
  if (only === undefined) {
    throw new StkError(
      "image_not_found",
      `${layout.directory} holds no image${name === undefined ? "" : ` ${name}`}.`,
      {
        hint: names === "" ? "Write one with --output oci:DIRECTORY." : `It holds: ${names}.`,
      },
    );
  }
  if (new Set(found.map(({ descriptor }) => descriptor.digest)).size > 1) {
    throw new StkError("ambiguous_image", `${layout.directory} holds more than one image.`, {
      hint: `Name one, as oci:DIRECTORY:NAME. It holds: ${names}.`,
      exitCode: exitCodes.usage,
    });
  }
  return layout.read({ repository: "image", digest: only.descriptor.digest }, signal, wanted);
}
