import { StkError } from "../core/error.ts";
import type { Platform } from "../oci/descriptor.ts";
import type { ImageSet } from "../oci/image.ts";
import { formatReference } from "../oci/reference.ts";
import type { Location } from "./location.ts";
import { type Places, readLayout } from "./places.ts";

/** An image, and where it was found. */
export type FoundImage = { set: ImageSet; source: string };

/**
 * Reads an image without its layers. A name is looked for in its registry, one without a registry in the project's
 * store, and `docker:NAME` in the engine: no place stands in for another, since each may hold something else by a name.
 *
 * @param wanted leaves out other platforms.
 * @throws {StkError} `image_not_found`, `engine_unavailable`, and what the place throws.
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
  const { kind, reference } = location;
  const name = formatReference(reference);
  if (kind === "engine") {
    const engine = (await places.engine()) ?? unavailable(name);
    return { set: await engine.read(reference, signal, wanted), source: `engine ${name}` };
  }
  if (reference.registry !== undefined)
    return { set: await places.registry.read(reference, signal, wanted), source: `registry ${name}` };
  const store = await places.store();
  try {
    return { set: await store.read(reference, signal, wanted), source: `store ${name}` };
  } catch (error) {
    throw error instanceof StkError && error.code === "image_not_found" ? notStored(name, error) : error;
  }
}

function unavailable(name: string): never {
  throw new StkError("engine_unavailable", `No Docker engine answers, so ${name} cannot be read from one.`, {
    hint: "Start Docker or set DOCKER_HOST.",
  });
}

const notStored = (name: string, cause: StkError): StkError =>
  new StkError("image_not_found", `There is no image ${name} in the project's store.`, {
    hint: `${cause.hint ?? "Check its name and its tag."} The image of that name in Docker is docker:${name}.`,
    cause,
  });
