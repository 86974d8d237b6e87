import { StkError } from "../core/error.ts";
import type { Platform } from "../oci/descriptor.ts";
import type { ImageSet } from "../oci/image.ts";
import { formatReference } from "../oci/reference.ts";
import type { Location } from "./location.ts";
import { type Places, readLayout } from "./places.ts";

/** An image, and where it was found. */
export type FoundImage = { set: ImageSet; source: string };

/**
 * Reads an image without its layers. A name is looked for in its registry and then in the engine, one without a
 * registry in the project's store and then in the engine.
 *
 * @param wanted leaves out other platforms.
 * @throws {StkError} `image_not_found`, and what the place throws.
 */
export async function findImage(
  location: Location,
  places: Places,
  wanted?: (platform: Platform) => boolean,
  signal?: AbortSignal,
): Promise<FoundImage> {
  if (location.kind === "layout") {
    const set = await readLayout(await places.layout(location.path), location.name, signal, wanted);
    return { set, source: `layout ${location.path}` };
  }
  if (location.kind === "archive") {
    const set = await (await places.archive(location.path)).read(signal, wanted);
    return { set, source: `archive ${location.path}` };
  }
  const { reference } = location;
  const name = formatReference(reference);
  const isRemote = reference.registry !== undefined;
  try {
    const place = isRemote ? places.registry : await places.store();
    return {
      set: await place.read(reference, signal, wanted),
      source: `${isRemote ? "registry" : "store"} ${name}`,
    };
  } catch (error) {
    if (!(error instanceof StkError)) throw error;
    const engine = await places.engine();
    const set = await engine?.read(reference, signal, wanted).catch(() => undefined);
    if (set === undefined) throw !isRemote && engine !== undefined ? notInEither(name, error) : error;
    return { set, source: `engine ${name}` };
  }
}

/** Of a registry, why it did not have it says more than that the engine did not either. */
const notInEither = (name: string, cause: StkError): StkError =>
  cause.code !== "image_not_found"
    ? cause
    : new StkError(
        "image_not_found",
        `There is no image ${name}, neither in the project's store nor in Docker.`,
        {
          hint: cause.hint ?? "Check its name and its tag.",
          cause,
        },
      );
