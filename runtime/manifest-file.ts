import { readFile, stat } from "node:fs/promises";
import { bridgeLimits } from "../config/bridge.ts";
import { formatVersion, type Manifest, manifest as manifestFormat } from "../schema/manifest.ts";
import { StkError } from "../src/core/error.ts";

/**
 * Reads the manifest that is to be served.
 *
 * @throws {StkError} `manifest_unreadable`, `manifest_too_large`, `invalid_manifest`, `unsupported_format`.
 */
export async function readManifest(file: string): Promise<Manifest> {
  const text = await contentOf(file);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new StkError("invalid_manifest", `${file} is not JSON.`, { hint: "Make it with: stk bundle" });
  }
  return parseManifest(content, file);
}

/**
 * Takes a manifest of the one format version that this Bridge knows.
 *
 * @throws {StkError} `unsupported_format` with what to upgrade; `invalid_manifest`.
 */
export function parseManifest(content: unknown, file: string): Manifest {
  const version = versionOf(content);
  if (typeof version === "number" && version !== formatVersion) throw unsupported(file, version);
  const parsed = manifestFormat.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined ? "" : ` at ${issue.path.join(".") || "its root"}: ${issue.message}`;
  throw new StkError("invalid_manifest", `${file} is not a manifest${place}.`, {
    hint: "Make it with: stk bundle",
  });
}

async function contentOf(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size <= bridgeLimits.manifestBytes) return await readFile(file, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new StkError("manifest_unreadable", `${file} cannot be read${code}.`, {
      hint: "MANIFEST_PATH names the manifest; a baked image sets it.",
      cause,
    });
  }
  throw new StkError("manifest_too_large", `${file} is larger than ${bridgeLimits.manifestBytes} bytes.`);
}

const versionOf = (content: unknown): unknown =>
  typeof content === "object" && content !== null && "formatVersion" in content
    ? content.formatVersion
    : undefined;

function unsupported(file: string, version: number): StkError {
  const known = `this Bridge reads version ${formatVersion}`;
  const hint =
    version > formatVersion
      ? "Upgrade the Bridge: bake the bundle onto a base of the stk that made it."
      : "Upgrade the bundle: make it again with this release of stk.";
  return new StkError("unsupported_format", `${file} has format version ${version}; ${known}.`, { hint });
}
