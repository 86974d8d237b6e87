import { z } from "zod";
import type { Manifest } from "../../schema/manifest.ts";
import type { Json } from "../core/canonical-json.ts";

const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)]),
);

/** A manifest as JSON, without the members that are undefined. */
export const jsonOf = (manifest: Manifest): Json => json.parse(JSON.parse(JSON.stringify(manifest)));
