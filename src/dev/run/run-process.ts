import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, sep } from "node:path";
import type { Image } from "../../oci/image.ts";
import { extractImage } from "./extract-image.ts";
import { inLines } from "./lines.ts";
import { type Running, type RunRequest, stopGraceMs } from "./running.ts";

const require = createRequire(import.meta.url);

/**
 * Runs an image's own Bridge and bundle in a process of the pinned Node, under its permission model: it may read these
 * files and use the network. They are in a temporary directory that is deleted when it is stopped.
 *
 * @throws {StkError} `image_not_runnable`
 */
export async function runProcess(
  image: Image,
  { environment, port, onLine }: RunRequest,
  signal: AbortSignal,
): Promise<Running> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "stk-run-")));
  const clean = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const { bridge, manifest } = await extractImage(image, directory, signal);
    const child = spawn(pinnedNode(), [...permissions(directory), bridge], {
      cwd: directory,
      env: { ...environment, MANIFEST_PATH: manifest, PORT: String(port), HOST: "127.0.0.1" },
      stdio: ["ignore", "pipe", "pipe"],
      // Ctrl-C is for stk, which tells the Bridge once.
      detached: process.platform !== "win32",
    });
    for (const stream of [child.stdout, child.stderr]) {
      const lines = inLines(onLine);
      stream.on("data", (piece: Buffer) => lines.write(piece));
      stream.on("end", () => lines.end());
    }
    const ended = once(child, "close").then(([code]) => (typeof code === "number" ? code : 1));
    ended.catch(() => undefined);
    return {
      place: "process",
      url: `http://127.0.0.1:${port}`,
      ended,
      async stop() {
        child.kill("SIGTERM");
        const killing = setTimeout(() => child.kill("SIGKILL"), stopGraceMs);
        await ended.catch(() => undefined);
        clearTimeout(killing);
        await clean();
      },
    };
  } catch (error) {
    await clean();
    throw error;
  }
}

/** What the image's own entry point says, for files that are somewhere else. */
const permissions = (directory: string): string[] => [
  "--disable-warning=ExperimentalWarning",
  "--permission",
  `--allow-fs-read=${directory}${sep}`,
  ...(process.allowedNodeEnvironmentFlags.has("--allow-net") || pinnedNode() !== process.execPath
    ? ["--allow-net"]
    : []),
];

/** The Node that this release of stk pins; the one that runs stk where npm did not bring it. */
function pinnedNode(): string {
  const program = process.platform === "win32" ? "node.exe" : "node";
  try {
    const path = join(dirname(require.resolve("node/package.json")), "bin", program);
    return existsSync(path) ? path : process.execPath;
  } catch {
    return process.execPath;
  }
}
