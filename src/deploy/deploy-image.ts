import { createBundle } from "../bundle/bundle.ts";
import { compileProject } from "../compile/compile-project.ts";
import type { Output } from "../core/command.ts";
import type { Digest } from "../core/digest.ts";
import { formatReference } from "../oci/reference.ts";
import { readProject } from "../project/read-project.ts";
import { bake } from "./bake.ts";
import { type Destination, destinationsOf, type Wish } from "./destinations.ts";
import { type Base, findBase } from "./find-base.ts";
import { targetOf } from "./location.ts";
import type { Places } from "./places.ts";
import { formatPlatform } from "./platforms.ts";
import { type Revision, revisionOf } from "./revision.ts";

/** What to deploy, and where to. */
export type DeployRequest = {
  /** The project's directory. */
  root: string;
  tags: readonly string[];
  base?: string | undefined;
  platforms?: readonly string[] | undefined;
  wish?: Wish;
  /** Bakes, and writes nowhere. */
  dryRun?: boolean | undefined;
};

/** What the pipeline takes of the process. */
export type DeployContext = {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  output: Pick<Output, "progress" | "warn" | "diagnostics">;
  places: Places;
  signal: AbortSignal;
};

/** An image that was baked, and where it is now. */
export type Deployment = {
  references: string[];
  digest: Digest;
  bundleDigest: Digest;
  /** `source` says where it was found; `name` is the one under which a registry has it. */
  base: { source: string; name?: string; digest: Digest };
  platforms: string[];
  destinations: Pick<Destination, "kind" | "name">[];
};

/**
 * Project → bundle → image → registry, store or engine. What does not wait for something else is done at once.
 *
 * @throws {StkError} of every stage; {DiagnosticsError} `invalid_project` once the diagnostics were shown.
 */
export async function deployImage(request: DeployRequest, context: DeployContext): Promise<Deployment> {
  const { root } = request;
  const { cwd, env, output, places, signal } = context;
  // Git answers while the files are read and parsed.
  const [revision, project] = await Promise.all([revisionOf(root, env, signal), readProject(root)]);
  const settings = project.settings.value;
  const references = request.tags.map((tag) => targetOf(tag, settings.image));
  const platforms = request.platforms ?? settings.platforms;

  const [compilation, base, destinations] = await Promise.all([
    compileProject(project),
    findBase(
      {
        base: request.base ?? settings.base,
        platforms,
        cwd: request.base === undefined ? root : cwd,
        places,
        builtIn: { env, progress: output.progress },
      },
      signal,
    ),
    destinationsOf(references, request.wish, places),
  ]);
  output.diagnostics(compilation.diagnostics, compilation);
  const bundle = createBundle(compilation);
  if (revision.unknown !== undefined)
    output.warn(`the image names no revision: git says ${revision.unknown}`);

  const labels = labelsOf(bundle.manifest.name, base, revision, settings.source);
  const set = await bake({ base: base.set, platforms, bundle, created: revision.created, labels }, signal);
  if (request.dryRun !== true) {
    for (const { kind, name, sink, reference } of destinations) {
      output.progress(`${verbs[kind]} ${name}`);
      await sink.write(set, reference, signal);
    }
  }
  return {
    references: references.map(formatReference),
    digest: set.descriptor.digest,
    bundleDigest: bundle.digest,
    base: {
      source: base.source,
      ...(base.name === undefined ? {} : { name: base.name }),
      digest: base.set.descriptor.digest,
    },
    platforms: set.images.map(({ platform }) => formatPlatform(platform)),
    destinations: destinations.map(({ kind, name }) => ({ kind, name })),
  };
}

const verbs: Readonly<Record<Destination["kind"], string>> = {
  registry: "pushing",
  store: "storing",
  engine: "loading into the engine",
  layout: "writing",
  archive: "writing",
};

/**
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md without the version: it would be the tag, and
 * the same image under two tags is to have one digest.
 */
function labelsOf(
  title: string,
  base: Base,
  revision: Revision,
  source: string | undefined,
): Record<string, string> {
  const labels = {
    title,
    revision: revision.revision,
    source: source ?? revision.source,
    "base.name": base.name,
    "base.digest": base.digest,
  };
  return Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]) =>
      value === undefined ? [] : [[`org.opencontainers.image.${key}`, value]],
    ),
  );
}
