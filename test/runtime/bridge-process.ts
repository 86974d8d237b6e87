import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { freePort } from "../services/port.ts";

/** The Bridge as it is shipped: one file, in a directory that holds nothing else but the bundle. */
let directory: string;

/** The directory that the Bridge's file is in, and may read. */
export const bridgeDirectory = (): string => directory;

/** Builds the Bridge's file before the tests of a file, and removes it after them. */
export function useBridgeFile(): void {
  beforeAll(buildBridge);
  afterAll(() => rm(directory, { recursive: true }));
}

async function buildBridge(): Promise<void> {
  directory = await mkdtemp(path.join(tmpdir(), "santokit-main-"));
  await build({
    entryPoints: ["runtime/main.ts"],
    outfile: path.join(directory, "bridge.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    external: ["pg-native"],
    banner: {
      js: 'import { createRequire as __r } from "node:module"; const require = __r(import.meta.url);',
    },
    logLevel: "error",
  });
}

/** A line of the log, as far as tests look at it. */
export type LogLine = {
  level: string;
  msg: string;
  code?: string;
  reason?: string;
  hint?: string;
  path?: string;
};
/** A Bridge in a process of its own. */
export type BridgeProcess = {
  child: ChildProcess;
  lines: LogLine[];
  output(): string;
  ended: Promise<number | null>;
  url: string;
};

/**
 * Starts the Bridge with a manifest, on a free port where `PORT` names none and with the flags of the image, until the
 * test is over. `files` stand beside the manifest, and `through` is the command that starts the process.
 */
export async function run(
  manifest: unknown,
  environment: Record<string, string | undefined>,
  files: Readonly<Record<string, string>> = {},
  through: readonly string[] = [],
): Promise<BridgeProcess> {
  const bundle = await mkdtemp(path.join(directory, "bundle-"));
  const file = path.join(bundle, "manifest.json");
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(bundle, name)), { recursive: true });
    await writeFile(path.join(bundle, name), text);
  }
  if (manifest !== undefined)
    await writeFile(file, typeof manifest === "string" ? manifest : JSON.stringify(manifest));
  const port = Number(environment.PORT ?? (await freePort()));
  const [program = process.execPath, ...words] = [...through, process.execPath];
  const child = spawn(
    program,
    [
      ...words,
      "--permission",
      "--allow-net",
      `--allow-fs-read=${directory}`,
      "--disable-warning=ExperimentalWarning",
      path.join(directory, "bridge.mjs"),
    ],
    { env: { MANIFEST_PATH: file, HOST: "127.0.0.1", PORT: String(port), ...environment }, cwd: "/" },
  );
  const lines: LogLine[] = [];
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  let rest = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    const parts = (rest + chunk.toString()).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) lines.push(JSON.parse(part));
  });
  const ended = once(child, "close").then(() => child.exitCode);
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { child, lines, output: () => output, ended, url: `http://127.0.0.1:${port}` };
}

/** The status of `/readyz`; undefined where nobody listens. */
export const readiness = async (url: string): Promise<number | undefined> =>
  fetch(`${url}/readyz`).then(
    ({ status }) => status,
    () => undefined,
  );

/** Waits until the Bridge is ready. */
export const untilReady = ({ url }: BridgeProcess): Promise<void> =>
  expect.poll(() => readiness(url), { timeout: 10_000, interval: 20 }).toBe(200);
