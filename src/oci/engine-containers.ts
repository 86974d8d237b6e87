import { z } from "zod";
import { asking, type ContainerApi, type EngineClient, isAbsent } from "./engine-api.ts";

/** A container to start. It has a read-only root, no capability, and no way to gain any. */
export type ContainerRequest = {
  image: string;
  env: Readonly<Record<string, string>>;
  /** The port that it listens on. */
  port: number;
  /** The port of this machine's loopback interface; a free one without it. */
  hostPort?: number | undefined;
  /**
   * `bridge`: on a network of its own, where `host.docker.internal` is this machine. `host`: on this machine's network,
   * where its loopback addresses are this machine's, and no port is published.
   */
  network: "bridge" | "host";
  /** Without it, the image's. */
  user?: string | undefined;
  labels?: Readonly<Record<string, string>>;
};

/** What a container wrote. */
type LogChunk = { stream: "stdout" | "stderr"; content: Uint8Array };

/** A container that was started. */
export interface Container {
  readonly id: string;
  /** Where it can be reached from this machine. */
  readonly address: { host: string; port: number };
  /** From its beginning, until it ends or the signal is aborted. */
  logs(signal?: AbortSignal): AsyncIterable<LogChunk>;
  /** @param graceMs after which it is killed. */
  stop(graceMs: number): Promise<void>;
  /** Its exit code, once it has ended. */
  wait(signal?: AbortSignal): Promise<number>;
  remove(): Promise<void>;
}

const loopback = "127.0.0.1";
const processLimit = 512;
/** Docker Engine API, `ContainerAttach`, "Stream format". */
const frameHeader = 8;
const frameLimit = 16 * 1024 * 1024;
const ports = z.object({
  NetworkSettings: z.object({
    Ports: z
      .record(z.string(), z.array(z.object({ HostIp: z.string(), HostPort: z.string() })).nullish())
      .nullish(),
  }),
});
const ending = z.object({ StatusCode: z.int() });

/** @throws {StkError} `engine_failed`; nothing is left behind. */
export async function startContainer(
  { quick, patient }: EngineClient,
  request: ContainerRequest,
): Promise<Container> {
  const port = `${request.port}/tcp`;
  const container = await asking(`create a container of ${request.image}`, () =>
    quick.createContainer({
      Image: request.image,
      Env: Object.entries(request.env).map(([name, value]) => `${name}=${value}`),
      Labels: { ...request.labels },
      ExposedPorts: { [port]: {} },
      ...(request.user === undefined ? {} : { User: request.user }),
      HostConfig: {
        ReadonlyRootfs: true,
        CapDrop: ["ALL"],
        SecurityOpt: ["no-new-privileges"],
        PidsLimit: processLimit,
        ...(request.network === "host"
          ? { NetworkMode: "host", PortBindings: {}, ExtraHosts: [] }
          : {
              PortBindings: { [port]: [{ HostIp: loopback, HostPort: String(request.hostPort ?? "") }] },
              ExtraHosts: ["host.docker.internal:host-gateway"],
            }),
      },
    }),
  );
  try {
    return await asking(`start ${request.image}`, async () => {
      await container.start();
      const published =
        request.network === "host" ? request.port : publishedPort(await container.inspect(), port);
      return running(patient.getContainer(container.id), { host: loopback, port: published });
    });
  } catch (error) {
    await container.remove({ force: true, v: true }).catch(() => {});
    throw error;
  }
}

/** 0 where it ended before it could be asked. */
function publishedPort(inspected: unknown, port: string): number {
  const bindings = ports.parse(inspected).NetworkSettings.Ports?.[port] ?? [];
  return Number(bindings.find(({ HostIp }) => HostIp === loopback)?.HostPort ?? 0);
}

function running(container: ContainerApi, address: Container["address"]): Container {
  const { id } = container;
  const cancellable = (signal: AbortSignal | undefined) =>
    signal === undefined ? {} : { abortSignal: signal };
  return {
    id,
    address,
    async *logs(signal) {
      const options = { follow: true, stdout: true, stderr: true, ...cancellable(signal) } as const;
      yield* frames(await asking("read the logs", () => container.logs(options), signal), signal);
    },
    async stop(graceMs) {
      await asking("stop the container", () => container.stop({ t: Math.ceil(graceMs / 1000) })).catch(
        unlessDone,
      );
    },
    wait: (signal) =>
      asking(
        "wait for the container",
        async () => ending.parse(await container.wait(cancellable(signal))).StatusCode,
        signal,
      ),
    async remove() {
      await asking("remove the container", () => container.remove({ force: true, v: true })).catch(
        unlessDone,
      );
    },
  };
}

/** 304: it has ended already. */
function unlessDone(error: unknown): void {
  const isDone = error instanceof Error && "details" in error && isStopped.safeParse(error.details).success;
  if (!isDone && !isAbsent(error)) throw error;
}
const isStopped = z.object({ status: z.literal(304) });

async function* frames(stream: NodeJS.ReadableStream, signal?: AbortSignal): AsyncGenerator<LogChunk> {
  let rest = Buffer.alloc(0);
  try {
    for await (const chunk of stream) {
      rest = Buffer.concat([rest, Buffer.from(chunk)]);
      while (rest.length >= frameHeader) {
        const size = rest.readUInt32BE(4);
        if (size > frameLimit) throw new RangeError(`a frame of ${size} bytes`);
        if (rest.length < frameHeader + size) break;
        const content = rest.subarray(frameHeader, frameHeader + size);
        yield { stream: rest[0] === 2 ? "stderr" : "stdout", content };
        rest = rest.subarray(frameHeader + size);
      }
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}
