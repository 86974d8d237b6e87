import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { DockerOptions } from "dockerode";
import { cacheDirectory } from "../core/cache-directory.ts";
import { StkError } from "../core/error.ts";
import { type EngineClient, engineVersion } from "./engine-api.ts";
import { engineCache } from "./engine-cache.ts";
import { type Container, type ContainerRequest, startContainer } from "./engine-containers.ts";
import { type EngineImages, engineImages } from "./engine-images.ts";

/** A Docker engine that answered. */
export interface Engine extends EngineImages {
  /** What it runs, as OCI spells it. */
  readonly platform: { os: string; architecture: string };
  /** @throws {StkError} `engine_failed` */
  start(request: ContainerRequest): Promise<Container>;
}

const quickTimeoutMs = 30_000;

/** What {@link connectEngine} takes of the process. Time in milliseconds. */
type EngineOptions = {
  env: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal | undefined;
  timeout?: number;
};

/**
 * The Docker engine of DOCKER_HOST, or of this machine; undefined where none answers in time.
 *
 * @throws {StkError} `invalid_docker_host`
 * @example const engine = await connectEngine({ env: process.env });
 */
export async function connectEngine({
  env,
  signal,
  timeout = 1_000,
}: EngineOptions): Promise<Engine | undefined> {
  const address = await addressOf(env);
  if (address === undefined) return undefined;
  // It takes longer to load than most commands take as a whole.
  const { default: Docker } = await import("dockerode");
  const client: EngineClient = {
    quick: new Docker({ ...address, timeout: quickTimeoutMs }),
    patient: new Docker(address),
  };
  const patience = AbortSignal.timeout(timeout);
  try {
    const abortSignal = signal === undefined ? patience : AbortSignal.any([patience, signal]);
    const { Arch: architecture, Os: os } = engineVersion.parse(await client.quick.version({ abortSignal }));
    const images = engineImages(client, architecture, engineCache(join(cacheDirectory(env), "engine")));
    return { ...images, platform: { os, architecture }, start: (request) => startContainer(client, request) };
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

async function addressOf(env: EngineOptions["env"]): Promise<DockerOptions | undefined> {
  const host = env.DOCKER_HOST;
  if (host === undefined || host === "") return localSocket(env);
  const url = URL.parse(host);
  if (url?.protocol === "unix:") return { socketPath: url.pathname };
  if (url?.protocol === "tcp:" && url.hostname !== "") {
    const address = { host: url.hostname.replace(/^\[|\]$/g, ""), port: url.port || "2375" };
    return env.DOCKER_TLS_VERIFY
      ? { ...address, protocol: "https", ...(await certificates(env)) }
      : { ...address, protocol: "http" };
  }
  throw new StkError("invalid_docker_host", "DOCKER_HOST is neither unix:///path nor tcp://host:port.", {
    hint: "For an engine that is reached by ssh, forward its socket: ssh -L /tmp/docker.sock:/var/run/docker.sock host.",
  });
}

/** Where engines of one machine listen: Docker, Docker Desktop, rootless Docker. */
async function localSocket(env: EngineOptions["env"]): Promise<DockerOptions | undefined> {
  const home = env.HOME || homedir();
  const paths = [
    "/var/run/docker.sock",
    join(home, ".docker", "run", "docker.sock"),
    ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, "docker.sock")] : []),
  ];
  for (const socketPath of paths) {
    const found = await stat(socketPath).catch(() => undefined);
    if (found?.isSocket()) return { socketPath };
  }
  return undefined;
}

async function certificates(env: EngineOptions["env"]): Promise<Pick<DockerOptions, "ca" | "cert" | "key">> {
  const directory = env.DOCKER_CERT_PATH || join(env.HOME || homedir(), ".docker");
  try {
    const [ca, cert, key] = await Promise.all(
      ["ca.pem", "cert.pem", "key.pem"].map((name) => readFile(join(directory, name))),
    );
    return { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) };
  } catch (cause) {
    throw new StkError(
      "invalid_docker_host",
      `DOCKER_TLS_VERIFY is set, and ${directory} lacks a certificate.`,
      {
        hint: "DOCKER_CERT_PATH names the folder of ca.pem, cert.pem and key.pem.",
        cause,
      },
    );
  }
}
