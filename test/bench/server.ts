import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import { freePort } from "../services/port.ts";

/** A server in a process of its own. `readyMs` is the time from the process's start to the first 200 of /readyz. */
export type Server = { origin: string; readyMs: number; stop(): Promise<void> };

/** Starts `node FILE` and waits until it is ready. */
export async function startServer(file: string, env: Readonly<Record<string, string>>): Promise<Server> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const started = performance.now();
  const child = execa(process.execPath, [file], {
    env: { HOST: "127.0.0.1", PORT: String(port), STK_LOG_LEVEL: "warn", ...env },
    stdin: "ignore",
    all: true,
    reject: false,
  });
  let ended: string | undefined;
  void child.then(({ all }) => {
    ended = all;
  });
  for (;;) {
    const answer = await fetch(`${origin}/readyz`).catch(() => undefined);
    if (answer?.status === 200) break;
    if (ended !== undefined) throw new Error(`${file} ended while starting:\n${ended}`);
    if (performance.now() - started > 20_000) {
      child.kill();
      await child;
      throw new Error(`${file} did not become ready:\n${ended}`);
    }
    await wait(2);
  }
  return {
    origin,
    readyMs: performance.now() - started,
    async stop() {
      child.kill();
      await child;
    },
  };
}
