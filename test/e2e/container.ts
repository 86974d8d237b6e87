import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import { freePort } from "../services/port.ts";

/** A container of a release, on the host's network. */
export type Container = {
  call(body: unknown, token?: string): Promise<{ status: number; body: unknown }>;
  send(text: string, token?: string): Promise<{ status: number; body: unknown }>;
  /** Sends a signal; the container goes on until it ends by itself. */
  kill(signal: string): Promise<void>;
  /** Waits for the end; gives the process's exit code. */
  exitCode(): Promise<number>;
  logs(): Promise<string>;
  remove(): Promise<void>;
};

/**
 * Runs an image as a careful platform does: read-only, without capabilities, and nothing to be gained by a
 * set-user-id file. Resolves when it is ready.
 */
export async function runContainer(
  reference: string,
  env: Readonly<Record<string, string>>,
  { readyTimeoutMs = 30_000 }: { readyTimeoutMs?: number } = {},
): Promise<Container> {
  const port = await freePort();
  const all = { ...env, HOST: "127.0.0.1", PORT: String(port) };
  const variables = Object.keys(all).flatMap((name) => ["--env", name]);
  const hardening = [
    "--read-only",
    "--cap-drop",
    "ALL",
    "--security-opt",
    "no-new-privileges",
    "--network",
    "host",
  ];
  const { stdout } = await execa("docker", ["run", "--detach", ...hardening, ...variables, reference], {
    env: all,
  });
  const id = stdout.trim();
  const origin = `http://127.0.0.1:${port}`;

  const send = async (text: string, token?: string) => {
    const response = await fetch(`${origin}/call`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: text,
      signal: AbortSignal.timeout(20_000),
    });
    const body: unknown = await response.json();
    return { status: response.status, body };
  };
  const container: Container = {
    send,
    call: (body, token) => send(JSON.stringify(body), token),
    async kill(signal) {
      await execa("docker", ["kill", "--signal", signal, id]);
    },
    exitCode: async () => Number((await execa("docker", ["wait", id])).stdout),
    logs: async () => (await execa("docker", ["logs", id], { all: true })).all,
    async remove() {
      await execa("docker", ["rm", "--force", "--volumes", id]);
    },
  };
  await untilReady(origin, container, readyTimeoutMs);
  return container;
}

async function untilReady(origin: string, container: Container, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await fetch(`${origin}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => undefined,
    );
    if (answer?.status === 200) return;
    if (Date.now() > deadline) {
      const logs = await container.logs();
      await container.remove();
      throw new Error(`The container did not become ready. Its log:\n${logs}`);
    }
    await wait(50);
  }
}
