import { z } from "zod";
import { isDigest } from "../core/digest.ts";
import { StkError } from "../core/error.ts";
import type { Image } from "./image.ts";

const sizeLimit = 8 * 1_048_576;

/** What of an image's config `stk` reads; the rest is kept as it is (OCI image specification, "Image Configuration"). */
export const imageConfig = z.looseObject({
  created: z.string().optional(),
  architecture: z.string(),
  os: z.string(),
  config: z
    .looseObject({
      User: z.string().optional(),
      Env: z.array(z.string()).nullish(),
      Entrypoint: z.array(z.string()).nullish(),
      Cmd: z.array(z.string()).nullish(),
      Labels: z.record(z.string(), z.string()).nullish(),
    })
    .nullish(),
  rootfs: z.looseObject({ type: z.literal("layers"), diff_ids: z.array(z.string().refine(isDigest)) }),
  history: z.array(z.looseObject({ empty_layer: z.boolean().optional() })).nullish(),
});
export type ImageConfig = z.infer<typeof imageConfig>;

/**
 * Reads an image's config, at most 8 MiB of it.
 *
 * @throws {StkError} `image_invalid`
 */
export async function readConfig(image: Image, signal?: AbortSignal): Promise<ImageConfig> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of image.config.open(signal)) {
    size += chunk.byteLength;
    if (size > sizeLimit) throw invalid(image, "is larger than 8 MiB");
    chunks.push(chunk);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch (cause) {
    throw invalid(image, "is not JSON", cause);
  }
  const result = imageConfig.safeParse(parsed);
  if (!result.success) throw invalid(image, z.prettifyError(result.error), result.error);
  if (result.data.rootfs.diff_ids.length !== image.layers.length)
    throw invalid(image, "names another number of layers than the manifest");
  return result.data;
}

const invalid = (image: Image, why: string, cause?: unknown) =>
  new StkError("image_invalid", `The config ${image.config.descriptor.digest} of the image ${why}.`, {
    cause,
  });
