import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../../services/port.ts";
import type { Bundle } from "./project.ts";

/** A Bridge in a process of its own, with the flags of the image. */
export type Bridge = {
  origin: string;
  port: number;
  child: ChildProcess;
  /** Sends a signal, and waits for the end of the process. */
  end(signal: NodeJS.Signals): Promise<void>;
};

/** The port, a free one without it, and whether the lines of the log are read. */
export type BridgeOptions = { port?: number; logsAreRead?: boolean };

/** Starts a Bridge with a bundle and waits until it is ready. */
export async function startBridge(
  { directory, bridge, manifest }: Bundle,
  environment: Readonly<Record<string, string>>,
  { port: asked, logsAreRead = true }: BridgeOptions = {},
): Promise<Bridge> {
  const port = asked ?? (await freePort());
  const origin = `http://127.0.0.1:${port}`;
  const flags = ["--permission", "--allow-net", `--allow-fs-read=${directory}`];
  const child = spawn(process.execPath, [...flags, "--disable-warning=ExperimentalWarning", bridge], {
    cwd: "/",
    env: {
      MANIFEST_PATH: manifest,
      HOST: "127.0.0.1",
      PORT: String(port),
      NODE_ENV: "production",
      ...environment,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let log = "";
  if (logsAreRead)
    child.stdout.on("data", (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-5_000);
    });
  const ended = once(child, "exit");
  for (const deadline = Date.now() + 20_000; ; await wait(20)) {
    if ((await fetch(`${origin}/readyz`).catch(() => undefined))?.status === 200) break;
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`The Bridge did not become ready:\n${log}`);
    }
  }
  return {
    origin,
    port,
    child,
    async end(signal) {
      child.kill(signal);
      await ended;
    },
  };
}
