import { Readable } from "node:stream";
import { z } from "zod";
import { digestOf, isDigest } from "../core/digest.ts";
import { StkError } from "../core/error.ts";
import { archiveChunks, dockerArchiveChunks, dockerImage } from "./archive.ts";
import { imageOf } from "./assemble.ts";
import { collect, notFound, readBlob } from "./content.ts";
import { mediaTypes } from "./descriptor.ts";
import { asking, type EngineClient, type EngineImage, engineImage, isAbsent } from "./engine-api.ts";
import type { EngineCache } from "./engine-cache.ts";
import type { Image, ImageSet, ImageSink, ImageSource } from "./image.ts";
import { manifestLimit, parseDiffIds } from "./manifest.ts";
import { formatName, formatReference, formatTagged, type Reference, tagOf } from "./reference.ts";

/** Images of an engine. */
export interface EngineImages extends ImageSource, ImageSink {
  /** What the engine has under a name; undefined where it has nothing. */
  inspect(reference: Reference, signal?: AbortSignal): Promise<EngineImage | undefined>;
}

const loadTimeoutMs = 15 * 60_000;
/** How many images are asked about when looking for layers that need not be sent. */
const candidateLimit = 100;
/** Where an engine keeps layers itself; one on containerd's store reads every file of what is loaded. */
const ownStores: readonly (string | undefined)[] = ["overlay2", "vfs"];
const summaries = z.array(
  z.object({ Id: z.string(), RepoTags: z.array(z.string()).nullish(), Created: z.number() }),
);
const progressLine = z.object({ error: z.string().optional() });

/** @param architecture the engine's own, as Go spells it. */
export function engineImages(
  { quick, patient }: EngineClient,
  architecture: string,
  cache: EngineCache,
): EngineImages {
  async function inspectName(name: string, signal?: AbortSignal): Promise<EngineImage | undefined> {
    try {
      const found = await asking(`look at ${name}`, () => quick.getImage(name).inspect(), signal);
      return engineImage.parse(found);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  /** How many of the first layers some image of the engine has; the newest images are asked, those of this name first. */
  async function knownLayers(
    diffIds: readonly string[],
    reference: Reference,
    signal?: AbortSignal,
  ): Promise<number> {
    const listed = summaries.parse(
      await asking("list its images", () => quick.listImages(cancellable(signal)), signal),
    );
    const name = `${formatName(reference)}:`;
    const isRelated = ({ RepoTags }: { RepoTags?: string[] | null | undefined }) =>
      RepoTags?.some((tag) => tag.startsWith(name)) === true;
    const newest = listed.toSorted(
      (a, b) => Number(isRelated(b)) - Number(isRelated(a)) || b.Created - a.Created,
    );
    const candidates = await Promise.all(
      newest.slice(0, candidateLimit).map(({ Id }) => inspectName(Id, signal)),
    );
    const counts = candidates.map((candidate) =>
      ownStores.includes(candidate?.GraphDriver?.Name) ? common(diffIds, candidate?.RootFS.Layers ?? []) : 0,
    );
    return Math.max(0, ...counts);
  }

  async function load(chunks: AsyncIterable<Uint8Array>, name: string, signal?: AbortSignal): Promise<void> {
    const own = new AbortController();
    const abortSignal = AbortSignal.any([
      own.signal,
      AbortSignal.timeout(loadTimeoutMs),
      ...(signal ? [signal] : []),
    ]);
    let sourceError: unknown;
    const source = Readable.from(chunks, { objectMode: false }).on("error", (error) => {
      sourceError = error;
      own.abort();
    });
    try {
      await asking(
        `load the image ${name}`,
        async () => {
          const answer = await patient.loadImage(source, { quiet: true, abortSignal });
          const text = Buffer.from(
            await collect(bytesOf(answer), manifestLimit, "what Docker says"),
          ).toString("utf8");
          const failure = text
            .split("\n")
            .map(errorIn)
            .find((error) => error !== undefined);
          if (failure !== undefined)
            throw new StkError("engine_failed", `Docker could not load the image ${name}: ${failure}.`);
        },
        signal,
      );
    } catch (error) {
      throw sourceError ?? error;
    } finally {
      source.destroy();
    }
  }

  async function read(reference: Reference, signal?: AbortSignal): Promise<ImageSet> {
    const name = formatReference(reference);
    const found = await inspectName(name, signal);
    if (found === undefined) throw notFound(reference, "Docker");
    const { Id, RootFS, Os: os, Architecture, Variant } = found;
    const diffIds = (RootFS.Layers ?? []).filter(isDigest);
    if (!isDigest(Id) || diffIds.length !== RootFS.Layers?.length) throw unreadable(name);
    const wanted = [Id, ...diffIds];
    const open = () => asking(`export ${name}`, () => patient.getImage(name).get(), signal);
    const blobs =
      (await cache.find(wanted)) ?? (await cache.fill(wanted, async () => bytesOf(await open()), signal));
    const [config, ...layers] = blobs ?? [];
    if (config === undefined) throw unreadable(name);
    const platform = { os, architecture: Architecture, ...(Variant ? { variant: Variant } : {}) };
    const content = await readBlob(config, manifestLimit, signal);
    const image = imageOf({
      platform,
      config: content,
      layers: layers.map((layer) => ({
        descriptor: { ...layer.descriptor, mediaType: mediaTypes.layer },
        open: (inner) => layer.open(inner),
      })),
    });
    return { descriptor: image.descriptor, images: [image] };
  }

  async function write(set: ImageSet, reference: Reference, signal?: AbortSignal): Promise<void> {
    const image = dockerImage(set, architecture);
    const name = formatTagged(reference) ?? image.config.descriptor.digest;
    const id = image.config.descriptor.digest;
    const config = await readBlob(image.config, manifestLimit, signal);
    const diffIds = parseDiffIds(config, digestOf(config));

    const present = await inspectName(id, signal);
    if (present?.Id === id) return tag(id, reference);
    const known = await knownLayers(diffIds, reference, signal);
    if (known > 0 && (await loadRest(image, reference, known, signal))) return;
    await load(archiveChunks(set, reference, signal), name, signal);
    const loaded = await inspectName(formatTagged(reference) ?? id, signal);
    if (!isSame(loaded, id, diffIds))
      throw new StkError("engine_failed", `Docker has something else under ${name}.`);
  }

  /** Whether it worked; where it did not, for whatever reason, everything can still be sent. */
  async function loadRest(
    image: Image,
    reference: Reference,
    known: number,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const { digest } = image.config.descriptor;
    try {
      await load(dockerArchiveChunks(image, reference, known, signal), formatReference(reference), signal);
      return (await inspectName(formatTagged(reference) ?? digest, signal))?.Id === digest;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof StkError && error.code === "engine_failed") return false;
      throw error;
    }
  }

  async function tag(id: string, reference: Reference): Promise<void> {
    const name = tagOf(reference);
    if (name === undefined) return;
    await asking("tag the image", () => quick.getImage(id).tag({ repo: formatName(reference), tag: name }));
  }

  return { inspect: (reference, signal) => inspectName(formatReference(reference), signal), read, write };
}

/** On containerd's store an image is named by its manifest, so that only its layers can be compared. */
const isSame = (image: EngineImage | undefined, id: string, diffIds: readonly string[]): boolean =>
  image !== undefined &&
  (image.Id === id ||
    (!ownStores.includes(image.GraphDriver?.Name) &&
      common(diffIds, image.RootFS.Layers ?? []) === diffIds.length));

function common(one: readonly string[], other: readonly string[]): number {
  const end = one.findIndex((item, index) => item !== other[index]);
  return end === -1 ? one.length : end;
}

const unreadable = (name: string): StkError =>
  new StkError("engine_failed", `Docker's export of ${name} does not hold what it says of the image.`, {
    hint: "An engine on containerd's image store exports other files. Push the image to a registry, and name that.",
  });

const cancellable = (signal: AbortSignal | undefined) =>
  signal === undefined ? {} : { abortSignal: signal };

async function* bytesOf(stream: NodeJS.ReadableStream): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}

function errorIn(line: string): string | undefined {
  try {
    return progressLine.parse(JSON.parse(line)).error;
  } catch {
    return undefined;
  }
}
