import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import Docker from "dockerode";
import { execa } from "execa";
import { inPath } from "./programs.ts";

const startTimeoutMs = 30_000;

/** Whether root could start an engine here. */
const canStart = (): boolean => process.platform === "linux" && process.getuid?.() === 0 && inPath("dockerd");

/** Whether a Docker engine answers, or {@link startEngine} can start one. */
export const engineIsPossible = async (): Promise<boolean> =>
  inPath("docker") && ((await answers()) || canStart());

/** Makes sure that a Docker engine answers; one that was started here is stopped at the end. */
export async function startEngine(): Promise<{ url: string; stop(): Promise<void> }> {
  if (await answers()) return { url: "running", stop: async () => {} };
  if (!canStart()) throw new Error("No Docker engine answers, and this user cannot start one.");
  const directory = await mkdtemp(path.join(tmpdir(), "santokit-engine-"));
  const logFile = path.join(directory, "dockerd.log");
  const engine = execa("dockerd", [], {
    stdin: "ignore",
    stdout: { file: logFile },
    stderr: { file: logFile },
    buffer: false,
    reject: false,
  });
  let ended = false;
  void engine.then(() => {
    ended = true;
  });
  const deadline = Date.now() + startTimeoutMs;
  while (!(await answers())) {
    if (ended || Date.now() > deadline) {
      engine.kill();
      throw new Error(`dockerd did not start:\n${(await readFile(logFile, "utf8")).slice(-2_000)}`);
    }
    await wait(100);
  }
  return {
    url: "started",
    async stop() {
      engine.kill();
      await engine;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function answers(): Promise<boolean> {
  try {
    await new Docker({ timeout: 5_000 }).ping();
    return true;
  } catch {
    return false;
  }
}
