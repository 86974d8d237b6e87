import { z } from "zod";
import { isDigest } from "../core/digest.ts";
import { StkError } from "../core/error.ts";
import { readBlob } from "./content.ts";
import type { Image } from "./image.ts";
import { manifestLimit } from "./manifest.ts";

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
  history: z
    .array(z.looseObject({ created_by: z.string().optional(), empty_layer: z.boolean().optional() }))
    .nullish(),
});
export type ImageConfig = z.infer<typeof imageConfig>;

/**
 * Reads an image's config.
 *
 * @throws {StkError} `invalid_image`
 */
export async function readConfig(image: Image, signal?: AbortSignal): Promise<ImageConfig> {
  const content = Buffer.from(await readBlob(image.config, manifestLimit, signal));
  let parsed: unknown;
  try {
    parsed = JSON.parse(content.toString("utf8"));
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
  new StkError("invalid_image", `The config ${image.config.descriptor.digest} of the image ${why}.`, {
    cause,
  });
