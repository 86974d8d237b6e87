import type { CommandContext } from "../../core/command.ts";
import { exitCodes, StkError } from "../../core/error.ts";
import { findImage } from "../../deploy/find-image.ts";
import { type Location, parseLocation } from "../../deploy/location.ts";
import { openPlaces, storeOf } from "../../deploy/places.ts";
import { selectImages } from "../../deploy/platforms.ts";
import { manifestInImage } from "../../deploy/read-bundle.ts";
import { openLayout } from "../../oci/layout.ts";
import { parseReference, type Reference } from "../../oci/reference.ts";
import { readProject } from "../../project/read-project.ts";
import { developmentJwks, developmentKey } from "../development-key.ts";
import { withDotEnv } from "../dot-env.ts";
import { logReader } from "../request-log.ts";
import { openEmbeddedDatabases } from "./embedded-databases.ts";
import { freePort } from "./free-port.ts";
import { findEngine, runContainer } from "./run-container.ts";
import { runEnvironment } from "./run-environment.ts";
import { runProcess } from "./run-process.ts";
import type { Running } from "./running.ts";

/** What to run. Without `image`: what was stored last. Without `place`: Docker, if it answers. */
export type RunOptions = {
  root: string;
  image: string | undefined;
  port: number;
  pglite: boolean;
  place: "engine" | "local" | undefined;
};

/** What runs, and what it is. */
export type RunningRelease = Running & { readonly name: string; readonly digest: string };

/**
 * Starts a baked image. It is not waited for that it is ready.
 *
 * @throws {StkError} `image_not_found`, `not_a_release`, `missing_variables`, `port_in_use`, `engine_unavailable`,
 *   `image_not_runnable`
 */
export async function runImage(options: RunOptions, context: CommandContext): Promise<RunningRelease> {
  const { root, pglite } = options;
  const { env, output, signal, cwd } = context;
  const places = openPlaces({ project: root, env, signal });
  const location = options.image === undefined ? await lastStored(root) : parseLocation(options.image, cwd);
  const [{ set, source }, engine] = await Promise.all([
    findImage(location, places, undefined, signal),
    options.place === "local" ? undefined : findEngine(env, signal),
  ]);
  if (engine === undefined && options.place === "engine")
    throw new StkError("engine_unavailable", "No Docker engine answers.", {
      hint: "Start Docker or set DOCKER_HOST; or leave --engine out, to run it in a process of its own.",
    });
  const platform = engine?.platform ?? {
    os: "linux",
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
  };
  const [image] = selectImages(set, [`${platform.os}/${platform.architecture}`]);
  const manifest = image === undefined ? undefined : await manifestInImage(image, signal);
  if (image === undefined || manifest === undefined)
    throw new StkError("not_a_release", `The ${source} holds no bundle.`, {
      hint: "Bake one with: stk deploy image --tag NAME",
    });

  const port = await freePort(options.port);
  const variables = await withDotEnv(root, env);
  const development = pglite ? { STK_DEV_JWKS: developmentJwks(await developmentKey(root)) } : undefined;
  const seeds = pglite ? (await readProject(root)).seeds : [];
  const databases = pglite ? await openEmbeddedDatabases(manifest, seeds, output) : undefined;
  try {
    const embedded = databases && { ...databases.environment, ...development };
    const environment = runEnvironment(manifest, variables, embedded);
    const request = { environment, port, onLine: logReader(output) };
    const { digest } = set.descriptor;
    const running = await (engine === undefined
      ? runProcess(image, request, signal)
      : runContainer(engine, { set, reference: nameOf(location, digest) }, request, signal));
    return {
      ...running,
      name: manifest.name,
      digest,
      async stop() {
        await running.stop();
        await databases?.close();
      },
    };
  } catch (error) {
    await databases?.close();
    throw error;
  }
}

/** What the engine calls the image; one out of a file has no name of its own. */
const nameOf = (location: Location, digest: string): Reference =>
  "reference" in location
    ? location.reference
    : { repository: "stk-run", tag: digest.slice("sha256:".length, "sha256:".length + 12) };

/** The image that `stk deploy image` stored last. The store is the project's own, whatever the names in it. */
async function lastStored(root: string): Promise<Location> {
  const entries = await openLayout(storeOf(root)).list();
  const last = entries.findLast(({ name }) => name !== undefined)?.name;
  if (last !== undefined) return { kind: "name", reference: parseReference(last) };
  const { value } = (await readProject(root)).settings;
  throw new StkError("image_not_found", "The project's image store holds no image yet.", {
    hint: `Bake one with: stk deploy image --tag ${value.name}:dev`,
    exitCode: exitCodes.failed,
  });
}
