import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import { programsInPath } from "../services/programs.ts";

/** A `docker` command, the environment that makes it speak to an engine, and what builds there. */
export type Builder = { program: string; env: Readonly<Record<string, string>>; name: string };

/** An engine of its own, so that it can be emptied. */
export type PrivateEngine = Builder & { empty(): Promise<void>; stop(): Promise<void> };

/**
 * Starts dockerd as root beside the machine's own, with an empty store and a bridge of its own: with `--bridge=none` it
 * would delete docker0, which belongs to the other. The addresses are those set aside for benchmarks (RFC 2544).
 */
export async function startPrivateEngine(): Promise<PrivateEngine> {
  const directory = await mkdtemp(path.join(tmpdir(), "santokit-bench-engine-"));
  const bridge = `stk${process.pid}`;
  await execa("ip", ["link", "add", "name", bridge, "type", "bridge"]);
  await execa("ip", ["addr", "add", "198.18.0.1/24", "dev", bridge]);
  const cleanUp = async () => {
    await execa("ip", ["link", "delete", bridge]);
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  const host = `unix://${path.join(directory, "docker.sock")}`;
  const logFile = path.join(directory, "dockerd.log");
  const places = { "data-root": "data", "exec-root": "run", pidfile: "pid" };
  const words = Object.entries(places).map(([name, place]) => `--${name}=${path.join(directory, place)}`);
  const engine = execa(
    "dockerd",
    [
      `--host=${host}`,
      ...words,
      `--bridge=${bridge}`,
      "--iptables=false",
      "--ip-forward=false",
      "--ip-masq=false",
    ],
    {
      stdin: "ignore",
      stdout: { file: logFile },
      stderr: { file: logFile },
      buffer: false,
      reject: false,
    },
  );
  const docker = async (...list: string[]) =>
    (await execa("docker", list, { env: { DOCKER_HOST: host } })).stdout;
  const deadline = Date.now() + 30_000;
  while ((await docker("info").catch(() => undefined)) === undefined) {
    if (Date.now() > deadline) {
      engine.kill();
      await engine;
      const log = await readFile(logFile, "utf8");
      await cleanUp();
      throw new Error(`dockerd did not start:\n${log.slice(-2_000)}`);
    }
    await wait(100);
  }
  return {
    ...(await quickestBuilder(host, directory)),
    async empty() {
      await docker("system", "prune", "--all", "--force");
    },
    async stop() {
      engine.kill();
      await engine;
      await cleanUp();
    },
  };
}

/** The first `docker` on the PATH that has BuildKit, the quicker of the two builders; else the first, and the other. */
async function quickestBuilder(host: string, directory: string): Promise<Builder> {
  const programs = programsInPath("docker");
  for (const program of programs) {
    const env = { DOCKER_HOST: host, DOCKER_BUILDKIT: "1" };
    const options = { env, cwd: directory, input: "FROM scratch\nLABEL a=b\n", reject: false };
    const { failed } = await execa(program, ["build", "--quiet", "-"], options);
    if (!failed) return { program, env, name: "BuildKit" };
  }
  return {
    program: programs[0] ?? "docker",
    env: { DOCKER_HOST: host, DOCKER_BUILDKIT: "0" },
    name: "the engine's first builder",
  };
}
