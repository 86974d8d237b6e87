import { printableLine } from "../core/printable.ts";
import type { ImageFacts } from "./image-facts.ts";
import type { Inspection } from "./inspect.ts";
import type { ManifestFacts } from "./manifest-facts.ts";

/** An inspection as lines for people. */
export function inspectionLines({ source, image, release }: Inspection): string[] {
  return [
    `source        ${source}`,
    ...(image === undefined ? [] : imageLines(image)),
    ...(release === undefined ? ["", "It holds no bundle of Santokit."] : releaseLines(release)),
  ].map(printableLine);
}

function imageLines({ digest, created, bundleDigest, base, labels, platforms }: ImageFacts): string[] {
  const facts = {
    digest,
    created,
    bundle: bundleDigest,
    base: [base?.name, base?.digest].filter(Boolean).join(" "),
  };
  return [
    ...Object.entries(facts).flatMap(([name, value]) => (value ? [`${name.padEnd(13)} ${value}`] : [])),
    ...platforms.flatMap((one) => [
      "",
      `${one.platform}   ${one.digest}`,
      `  user        ${one.user}`,
      `  entry point ${one.entrypoint.join(" ")}`,
      ...one.layers.map(
        (layer) =>
          `  layer       ${layer.digest.slice(0, 19)} ${sizeOf(layer.size).padStart(9)}  ${layer.createdBy ?? ""}`,
      ),
    ]),
    "",
    "labels",
    ...Object.entries(labels).map(([name, value]) => `  ${name}=${value}`),
  ];
}

function releaseLines({
  name,
  santokit,
  formatVersion,
  connections,
  calls,
  environment,
}: ManifestFacts): string[] {
  const width = Math.max(0, ...calls.map(({ path }) => path.length));
  return [
    "",
    `project       ${name} (format ${formatVersion}, stk ${santokit})`,
    "",
    "connections",
    ...connections.map(
      (one) => `  ${one.name} (from ${one.urlFrom}): ${one.tables.join(", ") || "no tables"}`,
    ),
    "",
    "calls",
    ...calls.map(({ path, access }) => `  ${path.padEnd(width)}  ${access.join(", ")}`),
    "",
    "needs in its environment",
    ...environment.map((one) => `  ${one.name}  ${one.usedBy.join(", ")}`),
  ];
}

const sizeOf = (bytes: number): string =>
  bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
