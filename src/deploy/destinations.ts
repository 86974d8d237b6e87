import { exitCodes, StkError } from "../core/error.ts";
import type { ImageSink } from "../oci/image.ts";
import { formatReference, type Reference } from "../oci/reference.ts";
import type { FileLocation } from "./location.ts";
import type { Places } from "./places.ts";

/** Where the user wants the image; undefined: where its name says. */
export type Wish = "push" | "load" | FileLocation | undefined;

/** One place that an image is written to, under one name. */
export type Destination = {
  kind: "registry" | "store" | "engine" | "layout" | "archive";
  /** The reference, or the path of a layout or an archive. */
  name: string;
  reference: Reference;
  sink: ImageSink;
};

/**
 * Where an image goes. A name with a registry is pushed; one without goes to the project's store, and also into the
 * engine where one answers.
 *
 * @throws {StkError} `invalid_usage`, `engine_unavailable`
 */
export async function destinationsOf(
  references: readonly Reference[],
  wish: Wish,
  places: Places,
): Promise<Destination[]> {
  const all = await Promise.all(references.map((reference) => destinationsOfOne(reference, wish, places)));
  return all.flat();
}

async function destinationsOfOne(reference: Reference, wish: Wish, places: Places): Promise<Destination[]> {
  const name = formatReference(reference);
  const registry: Destination = { kind: "registry", name, reference, sink: places.registry };
  if (wish === undefined && reference.registry !== undefined) return [registry];
  if (wish === undefined) {
    const [store, engine] = await Promise.all([places.store(), places.engine()]);
    const stored: Destination = { kind: "store", name, reference, sink: store };
    return engine === undefined ? [stored] : [stored, { kind: "engine", name, reference, sink: engine }];
  }
  if (wish === "push") {
    if (reference.registry !== undefined) return [registry];
    throw new StkError("invalid_usage", `${name} names no registry, so it cannot be pushed.`, {
      hint: "Write it as registry/repository:tag, or leave --push out.",
      exitCode: exitCodes.usage,
    });
  }
  if (wish === "load") {
    const engine = await places.engine();
    if (engine !== undefined) return [{ kind: "engine", name, reference, sink: engine }];
    throw new StkError(
      "engine_unavailable",
      "No Docker engine answers, so the image cannot be loaded into one.",
      {
        hint: "Start Docker or set DOCKER_HOST; or write the image to a file: --output oci:DIRECTORY.",
      },
    );
  }
  const sink = await (wish.kind === "layout" ? places.layout(wish.path) : places.archive(wish.path));
  return [{ kind: wish.kind, name: wish.path, reference, sink }];
}
