import { connectEngine, type Engine } from "../../oci/engine.ts";
import type { ImageSet } from "../../oci/image.ts";
import { formatReference, type Reference } from "../../oci/reference.ts";
import { inLines } from "./lines.ts";
import { type Running, type RunRequest, stopGraceMs } from "./running.ts";

/** An image as it is run in an engine. */
export type ContainerImage = { set: ImageSet; reference: Reference };

const loopbackHosts: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Runs an image in a Docker engine, in a container that has no rights to lose. It can be reached from this machine
 * alone, and is removed when it is stopped.
 *
 * Where a variable is a URL of this machine, the container has to reach this machine's loopback interface: on Linux it
 * shares its network, elsewhere such URLs name `host.docker.internal`.
 *
 * @throws {StkError} `engine_failed`
 */
export async function runContainer(
  engine: Engine,
  { set, reference }: ContainerImage,
  { environment, port, onLine }: RunRequest,
  signal: AbortSignal,
): Promise<Running> {
  await engine.write(set, reference, signal);
  const needsHost = Object.values(environment).some((value) => loopbackUrl(value) !== undefined);
  const sharesNetwork = needsHost && process.platform === "linux";
  const container = await engine.start({
    image: formatReference(reference),
    env: {
      ...(sharesNetwork ? environment : throughGateway(environment)),
      PORT: String(port),
      HOST: sharesNetwork ? "127.0.0.1" : "0.0.0.0",
    },
    port,
    hostPort: port,
    network: sharesNetwork ? "host" : "bridge",
    labels: { "dev.santokit.run": String(process.pid) },
  });
  const reading = new AbortController();
  const lines = inLines(onLine);
  const logs = (async () => {
    for await (const { content } of container.logs(reading.signal)) lines.write(content);
    lines.end();
  })().catch(() => undefined);
  const ended = container.wait(reading.signal).then(async (code) => {
    await logs;
    return code;
  });
  ended.catch(() => undefined);
  return {
    place: "docker",
    url: `http://${container.address.host}:${port}`,
    ended,
    async stop() {
      try {
        await container.stop(stopGraceMs);
        await logs;
      } finally {
        reading.abort();
        await container.remove();
      }
    },
  };
}

/** The engine of this machine; undefined where none answers. */
export const findEngine = (
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Engine | undefined> => connectEngine({ env, signal });

function loopbackUrl(value: string): URL | undefined {
  const url = URL.parse(value);
  return url !== null && loopbackHosts.has(url.hostname) ? url : undefined;
}

const throughGateway = (environment: RunRequest["environment"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => {
      const url = loopbackUrl(value);
      if (url !== undefined) url.hostname = "host.docker.internal";
      return [name, url?.href ?? value];
    }),
  );
