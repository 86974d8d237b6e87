import { StkError } from "../core/error.ts";
import { type CredentialStore, dockerCredentials } from "./credentials.ts";
import type { Descriptor } from "./descriptor.ts";
import { type Origin, pullManifest, pullScope, remoteBlob } from "./download.ts";
import { each } from "./each.ts";
import { type Http, headerOf, http } from "./http.ts";
import type { ImageSet, ImageSink, ImageSource } from "./image.ts";
import { assertWhole, blobsOf, readImageSet } from "./image-set.ts";
import { formatReference, type Reference, tagOf } from "./reference.ts";
import { createRegistryApi, type RegistryApi } from "./registry-api.ts";
import { type RetryOptions, retryDefaults } from "./retry.ts";
import { createTransport, type TransportLimits, transportDefaults } from "./transport.ts";
import { type Destination, has, head, pushBlob, pushManifest } from "./upload.ts";

/** What {@link createRegistry} takes of the process. */
export type RegistryOptions = {
  env: Readonly<Record<string, string | undefined>>;
  /** Node's own client without it. */
  http?: Http;
  /** Docker's own without it. */
  credentials?: CredentialStore;
  retry?: Partial<RetryOptions>;
  limits?: Partial<TransportLimits>;
  /** Milliseconds since the epoch. */
  now?: () => number;
};

/** Registries that speak the OCI distribution protocol, version 1.1 and before. */
export type Registry = ImageSource & ImageSink;

const concurrency = 4;

/**
 * A client of every registry that a reference names. Connections, tokens and what was learnt are kept between calls,
 * so make one for a run.
 *
 * @throws its methods: {StkError} `registry_unreachable`, `registry_denied`, `registry_error`, `image_not_found`,
 * `digest_mismatch`, `invalid_image`
 * @example await createRegistry({ env: process.env }).read(parseReference("ghcr.io/acme/helpdesk:v1"))
 */
export function createRegistry(options: RegistryOptions): Registry {
  const retry = { ...retryDefaults, ...options.retry };
  const shared = {
    transport: createTransport(options.http ?? http, { ...transportDefaults, ...options.limits }),
    credentials: options.credentials ?? dockerCredentials(options.env),
    now: options.now ?? Date.now,
    retry,
  };
  const apis = new Map<string, RegistryApi>();

  function apiOf(reference: Reference): RegistryApi {
    const { registry } = reference;
    if (registry === undefined) {
      throw new StkError("invalid_reference", `${formatReference(reference)} names no registry.`, {
        hint: "Write registry/repository:tag.",
      });
    }
    const api = apis.get(registry) ?? createRegistryApi(registry, shared);
    apis.set(registry, api);
    return api;
  }

  return {
    async read(reference, signal, wanted) {
      const from: Origin = { api: apiOf(reference), reference, retry };
      const root = await pullManifest(from, nameOf(reference), signal);
      const store = {
        manifest: async ({ digest }: Descriptor, inner?: AbortSignal) =>
          (await pullManifest(from, digest, inner)).content,
        blob: (descriptor: Descriptor) => remoteBlob(from, descriptor),
      };
      return readImageSet(root.descriptor, root.content, store, { wanted, signal });
    },

    async write(set, reference, signal) {
      const api = apiOf(reference);
      const { repository, digest } = reference;
      assertWhole(set);
      if (digest !== undefined && digest !== set.descriptor.digest) {
        throw new StkError(
          "digest_mismatch",
          `${formatReference(reference)} is to hold ${set.descriptor.digest}.`,
          {
            hint: "Leave the digest out of the reference.",
          },
        );
      }
      await push(
        set,
        reference,
        { api, repository, retry, scopes: pushScopes(set, api, repository) },
        signal,
      );
    },
  };
}

async function push(
  set: ImageSet,
  reference: Reference,
  to: Destination,
  signal?: AbortSignal,
): Promise<void> {
  const { digest } = set.descriptor;
  const tag = tagOf(reference);
  const tagged = tag === undefined ? undefined : await head(`manifests/${tag}`, to, signal);
  if (tagged !== undefined && headerOf(tagged, "docker-content-digest") === digest) return;

  // A registry takes a manifest only where it has what the manifest names, so that one answer stands for all.
  if (!(await has(`manifests/${digest}`, to, signal))) {
    await each(blobsOf(set), concurrency, (blob, inner) => pushBlob(blob, to, inner), signal);
    if (set.index !== undefined) {
      await each(
        set.images,
        concurrency,
        ({ manifest, descriptor }, inner) => pushManifest(manifest, descriptor, descriptor.digest, to, inner),
        signal,
      );
    }
  } else if (tag === undefined) return;
  const content = set.index ?? set.images[0]?.manifest;
  if (content !== undefined) await pushManifest(content, set.descriptor, tag ?? digest, to, signal);
}

const nameOf = (reference: Reference): string => reference.digest ?? tagOf(reference) ?? "latest";

/** One token for a whole push: the right to write, and to read what is mounted. */
function pushScopes(set: ImageSet, { registry }: RegistryApi, repository: string): string[] {
  const sources = blobsOf(set)
    .map(({ origin }) => origin)
    .filter((origin) => origin?.registry === registry && origin?.repository !== repository)
    .map((origin) => pullScope(origin?.repository ?? ""));
  return [`repository:${repository}:pull,push`, ...new Set(sources)];
}
