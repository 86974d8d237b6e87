import { BlockList, isIP } from "node:net";
import { type Digest, isDigest } from "../core/digest.ts";
import { StkError } from "../core/error.ts";

/** The name of an image. Without a registry it names one in the local image store. */
export type Reference = {
  /** Host and, where it is not the usual one, port: `ghcr.io`, `127.0.0.1:5000`, `[::1]:5000`. */
  readonly registry?: string | undefined;
  readonly repository: string;
  readonly tag?: string | undefined;
  readonly digest?: Digest | undefined;
};

// Distribution specification 1.1, "Pulling manifests".
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const tagForm = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const hostForm = /^(?:[a-zA-Z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?$/;
const nameLimit = 255;
const textLimit = 1024;

/**
 * Reads `[registry/]repository[:tag][@digest]`. As in Docker, the first component is a registry when it holds a dot or
 * a colon, or is `localhost`; unlike in Docker, a name without one is local and not on Docker Hub.
 *
 * @throws {StkError} `invalid_reference`
 * @example parseReference("ghcr.io/acme/helpdesk:v1").tag // "v1"
 */
export function parseReference(text: string): Reference {
  const refuse = (
    why: string,
    hint = "Write registry/repository:tag, or repository:tag for a local image.",
  ): never => {
    throw new StkError("invalid_reference", `${shown(text)} is not an image reference: ${why}.`, { hint });
  };
  if (text === "") return refuse("it is empty");
  if (text.length > textLimit) return refuse(`it is longer than ${textLimit} characters`);
  if (text.includes("://"))
    return refuse("it has a scheme", "Leave out what stands before the registry's name.");

  const [name = "", digest, ...more] = text.split("@");
  if (more.length > 0 || digest?.includes("/")) {
    return refuse("it holds credentials", "Leave them out, and log in with `docker login`.");
  }
  if (digest !== undefined && !isDigest(digest)) {
    return refuse(
      "what follows @ is no digest",
      "A digest is `sha256:` and 64 lower-case hexadecimal digits.",
    );
  }

  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const registry = first === "localhost" || /[.:]/.test(first) ? first : undefined;
  if (registry !== undefined && !isRegistry(registry))
    return refuse(`the registry ${shown(registry)} is not valid`);

  const [repository = "", tag, ...colons] = (registry === undefined ? name : name.slice(slash + 1)).split(
    ":",
  );
  if (!repository.split("/").every((part) => component.test(part))) {
    return refuse(
      `the repository ${shown(repository)} is not valid`,
      "A repository is lower-case letters and digits, with single separators: `.`, `_`, `-` and `/`.",
    );
  }
  if (colons.length > 0 || (tag !== undefined && !tagForm.test(tag))) {
    return refuse(
      `the tag ${shown([tag, ...colons].join(":"))} is not valid`,
      "A tag is up to 128 letters, digits, `_`, `.` and `-`, and begins with neither `.` nor `-`.",
    );
  }
  if ((registry?.length ?? 0) + repository.length > nameLimit) {
    return refuse(`its name is longer than ${nameLimit} characters`);
  }
  return {
    ...(registry === undefined ? {} : { registry }),
    repository: isDockerHub(registry) && !repository.includes("/") ? `library/${repository}` : repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The text of a reference, which {@link parseReference} reads back as the same value. */
export const formatReference = (reference: Reference): string =>
  `${formatName(reference)}${reference.tag === undefined ? "" : `:${reference.tag}`}${
    reference.digest === undefined ? "" : `@${reference.digest}`
  }`;

/** Registry and repository, without tag and digest. */
export const formatName = ({ registry, repository }: Reference): string =>
  registry === undefined ? repository : `${registry}/${repository}`;

/** The tag that a reference points to: `latest` where it names neither a tag nor a digest. */
export const tagOf = ({ tag, digest }: Reference): string | undefined =>
  tag ?? (digest === undefined ? "latest" : undefined);

/** Whether a registry is Docker Hub, whose images of one component are under `library/`. */
export const isDockerHub = (registry: string | undefined): boolean =>
  registry === "docker.io" || registry === "index.docker.io";

/** `name:tag`, as image stores list it; undefined where only a digest is named. */
export const formatTagged = (reference: Reference): string | undefined => {
  const tag = tagOf(reference);
  return tag === undefined ? undefined : `${formatName(reference)}:${tag}`;
};

/**
 * The origin of a registry's API: plain http on a loopback address, as Docker does, and https everywhere else.
 *
 * @example registryOrigin("127.0.0.1:5000") // "http://127.0.0.1:5000"
 */
export const registryOrigin = (registry: string): string =>
  isDockerHub(registry)
    ? "https://registry-1.docker.io"
    : new URL(`${isLoopback(registry) ? "http" : "https"}://${registry}`).origin;

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Whether a registry is on this machine: 127.0.0.0/8, `[::1]` or `localhost`. */
export function isLoopback(registry: string): boolean {
  const host = registry.replace(/:[0-9]+$/, "").replace(/^\[|\]$/g, "");
  const version = isIP(host);
  return version === 0
    ? host.toLowerCase() === "localhost"
    : loopback.check(host, version === 6 ? "ipv6" : "ipv4");
}

/** What the URL standard would read as another host, such as `0x7f.1`, is refused: it names one thing to two readers. */
const isRegistry = (text: string): boolean => {
  if (!hostForm.test(text)) return false;
  const url = URL.parse(`https://${text}`);
  return (
    url !== null && (text.startsWith("[") || url.hostname === text.replace(/:[0-9]+$/, "").toLowerCase())
  );
};

const shown = (text: string): string => JSON.stringify(text.slice(0, 200).replace(/^.*@(?=.*\/)/s, "…@"));
