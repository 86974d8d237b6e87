import { z } from "zod";
import { type Digest, isDigest } from "../core/digest.ts";
import { StkError } from "../core/error.ts";
import { type Descriptor, mediaTypes, type Platform } from "./descriptor.ts";

/** Bytes; the most that a manifest, an index or a config may have (distribution specification, "Pushing Manifests"). */
export const manifestLimit = 4 * 1024 * 1024;

/** The Accept header that a registry is asked for a manifest with. */
export const acceptedManifests = [
  mediaTypes.index,
  mediaTypes.dockerIndex,
  mediaTypes.manifest,
  mediaTypes.dockerManifest,
].join(", ");

const platform = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() });
/** A descriptor, as it stands in manifests and indexes. */
export const descriptorSchema = z.object({
  mediaType: z.string().min(1),
  digest: z.custom<Digest>((value) => typeof value === "string" && isDigest(value), "is not a sha256 digest"),
  size: z.int().min(0),
  platform: platform.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
const head = { schemaVersion: z.literal(2), mediaType: z.string().optional() };
// A document that can be read as both an index and a manifest means one thing to one reader and another to the next.
const imageManifest = z.object({
  ...head,
  config: descriptorSchema,
  layers: z.array(descriptorSchema).max(500),
  manifests: z.undefined().optional(),
});
const imageIndex = z.object({
  ...head,
  manifests: z.array(descriptorSchema).max(200),
  config: z.undefined().optional(),
  layers: z.undefined().optional(),
});

/** An image manifest, as far as it is read here (OCI image specification, "Image Manifest"). */
export type Manifest = { config: Descriptor; layers: readonly Descriptor[] };
/** An image index, as far as it is read here (OCI image specification, "Image Index"). */
export type Index = { manifests: readonly Descriptor[] };

/** Whether a media type is that of an index. */
export const isIndexType = (mediaType: string): boolean =>
  mediaType === mediaTypes.index || mediaType === mediaTypes.dockerIndex;

/** Whether a media type is that of one image's manifest. */
export const isManifestType = (mediaType: string): boolean =>
  mediaType === mediaTypes.manifest || mediaType === mediaTypes.dockerManifest;

/** @throws {StkError} `invalid_image` */
export const parseManifest = (content: Uint8Array, { mediaType, digest }: Descriptor): Manifest =>
  parse(imageManifest, content, digest, mediaType);

/** @throws {StkError} `invalid_image` */
export const parseIndex = (content: Uint8Array, { mediaType, digest }: Descriptor): Index =>
  parse(imageIndex, content, digest, mediaType);

/** The platform that an image's config names. @throws {StkError} `invalid_image` */
export const parsePlatform = (config: Uint8Array, digest: Digest): Platform =>
  parse(platform, config, digest);

/** The digests of an image's uncompressed layers, from its config. @throws {StkError} `invalid_image` */
export const parseDiffIds = (config: Uint8Array, digest: Digest): readonly string[] =>
  parse(z.object({ rootfs: z.object({ diff_ids: z.array(z.string()) }) }), config, digest).rootfs.diff_ids;

/** The media type that a manifest or an index gives itself. @throws {StkError} `invalid_image` */
export const parseMediaType = (content: Uint8Array, digest: Digest): string => {
  const { mediaType, manifests } = parse(
    z.object({ mediaType: z.string().optional(), manifests: z.unknown().optional() }),
    content,
    digest,
  );
  return mediaType ?? (manifests === undefined ? mediaTypes.manifest : mediaTypes.index);
};

function parse<T>(schema: z.ZodType<T>, content: Uint8Array, digest: Digest, mediaType?: string): T {
  const refuse = (why: string) =>
    new StkError("invalid_image", `${digest} is not what it should be: ${why}.`);
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("utf8"));
  } catch {
    throw refuse("it is not JSON");
  }
  const result = schema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw refuse(`${issue?.path.join(".") || "the document"}: ${issue?.message ?? "is not valid"}`);
  }
  const own = z.object({ mediaType: z.string() }).safeParse(value);
  if (mediaType !== undefined && own.success && own.data.mediaType !== mediaType) {
    throw refuse(`it came as ${mediaType} and calls itself ${own.data.mediaType}`);
  }
  return result.data;
}
