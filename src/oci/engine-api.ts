import { z } from "zod";
import { StkError } from "../core/error.ts";

type Cancellable = { abortSignal?: AbortSignal };

/** The part of dockerode that is used. What an engine answers is not believed before it was parsed. */
interface EngineApi {
  version(options: Cancellable): Promise<unknown>;
  listImages(options: Cancellable): Promise<unknown>;
  getImage(name: string): {
    inspect(): Promise<unknown>;
    get(): Promise<NodeJS.ReadableStream>;
    tag(options: { repo: string; tag: string }): Promise<unknown>;
  };
  loadImage(
    file: NodeJS.ReadableStream,
    options: Cancellable & { quiet: boolean },
  ): Promise<NodeJS.ReadableStream>;
  createContainer(options: ContainerOptions): Promise<ContainerApi>;
  getContainer(id: string): ContainerApi;
}

/** Two connections to one engine. */
export type EngineClient = {
  /** Gives up where nothing moves for half a minute. */
  quick: EngineApi;
  /** Waits for as long as it is not told otherwise: for logs, ends and whole images. */
  patient: EngineApi;
};

/** The part of a dockerode container that is used. */
export interface ContainerApi {
  readonly id: string;
  start(): Promise<unknown>;
  inspect(): Promise<unknown>;
  logs(options: {
    follow: true;
    stdout: true;
    stderr: true;
    abortSignal?: AbortSignal;
  }): Promise<NodeJS.ReadableStream>;
  stop(options: { t: number }): Promise<unknown>;
  wait(options?: Cancellable): Promise<unknown>;
  remove(options: { force: true; v: true }): Promise<unknown>;
}

/** What a container is made with (Docker Engine API 1.41, `ContainerCreate`). */
type ContainerOptions = {
  Image: string;
  Env: string[];
  User?: string;
  Labels: Record<string, string>;
  ExposedPorts: Record<string, Record<string, never>>;
  HostConfig: {
    PortBindings: Record<string, { HostIp: string; HostPort: string }[]>;
    NetworkMode?: string;
    ReadonlyRootfs: boolean;
    CapDrop: string[];
    SecurityOpt: string[];
    ExtraHosts: string[];
    PidsLimit: number;
  };
};

/** What an engine says of itself. */
export const engineVersion = z.object({ ApiVersion: z.string(), Arch: z.string(), Os: z.string() });

/** What an engine says of an image. */
export const engineImage = z.object({
  Id: z.string(),
  Os: z.string(),
  Architecture: z.string(),
  Variant: z.string().optional(),
  RootFS: z.object({ Layers: z.array(z.string()).nullish() }),
  GraphDriver: z.object({ Name: z.string() }).nullish(),
});
export type EngineImage = z.infer<typeof engineImage>;

/** An error as dockerode throws it. */
const engineError = z.object({
  statusCode: z.number().optional(),
  json: z.object({ message: z.string() }).optional().catch(undefined),
  message: z.string(),
});

/**
 * Asks the engine, and turns what it throws into an error that says what was asked.
 *
 * @param doing "load the image helpdesk:v1", for the message.
 * @throws {StkError} `engine_failed`; the engine's status is in `details.status`.
 */
export async function asking<T>(doing: string, ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof StkError) throw cause;
    const parsed = engineError.safeParse(cause);
    if (!parsed.success) throw cause;
    const { statusCode, json, message } = parsed.data;
    throw new StkError("engine_failed", `Docker could not ${doing}: ${json?.message ?? message}.`, {
      ...(statusCode === undefined ? {} : { details: { status: statusCode } }),
      cause,
    });
  }
}

/** Whether an engine said that there is no such thing. */
export const isAbsent = (error: unknown): boolean =>
  error instanceof StkError && error.details?.status === 404;
