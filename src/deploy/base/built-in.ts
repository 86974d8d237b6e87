import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { cacheDirectory } from "../../core/cache-directory.ts";
import { canonicalJson } from "../../core/canonical-json.ts";
import { StkError } from "../../core/error.ts";
import { imageOf, imageSetOf } from "../../oci/assemble.ts";
import type { Platform } from "../../oci/descriptor.ts";
import type { Image, ImageSet } from "../../oci/image.ts";
import type { Layer } from "../../oci/layer.ts";
import { fixedTime } from "../times.ts";
import type { Machine } from "./elf.ts";
import { cachedLayer } from "./layer-cache.ts";
import { librariesOf } from "./libraries.ts";
import { nodeBinary } from "./node-binary.ts";
import { rootCertificates, systemEntries, user } from "./system.ts";

/** Raised when the same inputs give other layers, so that a cache of an older release is not believed. */
const recipe = 1;
const tarOptions = { mtime: fixedTime };
const require = createRequire(import.meta.url);

/** What {@link builtInBase} takes of the process. */
export type BaseOptions = {
  env: Readonly<Record<string, string | undefined>>;
  /** Called before work that takes seconds, which happens once for each Node. */
  progress(text: string): void;
  /** The Bridge file; the one of this package without it. */
  bridge?: string;
};

/** The platform that the built-in base can be made for without cross libraries. */
export const hostMachine = (): Machine => (process.arch === "arm64" ? "arm64" : "amd64");

/**
 * A base made on this machine: the pinned Node, its libraries, CA certificates and the Bridge. It has the same bytes
 * for the same Node, libraries and Bridge; what takes seconds is kept in the cache.
 *
 * @throws {StkError} `base_unavailable`, `bridge_missing`
 */
export async function builtInBase(machines: readonly Machine[], options: BaseOptions): Promise<ImageSet> {
  return imageSetOf(await Promise.all(machines.map((machine) => baseImage(machine, options))));
}

async function baseImage(machine: Machine, options: BaseOptions): Promise<Image> {
  const directory = join(cacheDirectory(options.env), "base");
  const node = nodeBinary(machine);
  const libraries = librariesOf(node.elf);
  const bridge = checkedBridge(options.bridge ?? ownBridge());
  const [system, bridgeLayer] = await Promise.all([
    cachedLayer(
      directory,
      {
        recipe,
        machine,
        node: stamp(node.path),
        libraries: libraries.map(({ source, target }) => [target, stamp(source)]),
      },
      tarOptions,
      async () => {
        options.progress(`making the built-in base for linux/${machine} (once for Node ${node.version})`);
        return systemEntries(node.path, libraries, await rootCertificates(nodeBinary(hostMachine()).path));
      },
    ),
    cachedLayer(directory, { recipe, bridge: stamp(bridge) }, tarOptions, async () => [
      { path: "santokit/bridge.mjs", content: await readFile(bridge) },
    ]),
  ]);
  const platform: Platform = { os: "linux", architecture: machine };
  return imageOf({
    platform,
    config: configOf(platform, node.version, system, bridgeLayer),
    layers: [system.blob, bridgeLayer.blob],
  });
}

function configOf(platform: Platform, version: string, system: Layer, bridge: Layer): Uint8Array {
  const created = fixedTime.toISOString();
  return Buffer.from(
    canonicalJson({
      created,
      architecture: platform.architecture,
      os: platform.os,
      config: {
        User: user.spec,
        ExposedPorts: { "8080/tcp": {} },
        Env: ["PATH=/usr/local/bin", `NODE_VERSION=${version}`, "NODE_ENV=production", "PORT=8080"],
        Entrypoint: [...entrypoint],
        WorkingDir: "/santokit",
        StopSignal: "SIGTERM",
      },
      rootfs: { type: "layers", diff_ids: [system.diffId, bridge.diffId] },
      history: [
        { created, created_by: `stk: node ${version}, shared libraries, CA certificates` },
        { created, created_by: "stk: the Bridge" },
      ],
    }),
  );
}

/**
 * Node under its permission model: it may read the Bridge, the bundle and certificates, and use the network. It may
 * write nothing and start nothing: no process, worker, addon, WASI or inspector. Node 26 still warns that --allow-net
 * is experimental, which would be a line of the log that is not JSON.
 */
export const entrypoint = [
  "/usr/local/bin/node",
  "--disable-warning=ExperimentalWarning",
  "--permission",
  "--allow-fs-read=/santokit/",
  "--allow-fs-read=/etc/ssl/",
  "--allow-net",
  "/santokit/bridge.mjs",
] as const;

/** What stands for a file's content in a cache's key: whoever replaces it changes its size or its time. */
const stamp = (path: string): [string, number, number] => {
  const { size, mtimeMs } = statSync(path);
  return [path, size, mtimeMs];
};

/** @throws {StkError} `bridge_missing` */
function checkedBridge(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
  throw new StkError("bridge_missing", `The Bridge is not built: there is no ${path}.`, {
    hint: "Run: npm run build",
  });
}

const ownBridge = (): string => join(dirname(require.resolve("santokit/package.json")), "dist", "bridge.mjs");
