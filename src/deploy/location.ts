import { resolve } from "node:path";
import { StkError } from "../core/error.ts";
import { parseReference, type Reference } from "../oci/reference.ts";

/** An image in a file: in an OCI layout, or in an archive. Paths are absolute. */
export type FileLocation =
  | { kind: "layout"; path: string; name?: string }
  | { kind: "archive"; path: string };

/** Where an image is: under a name in its registry or the project's store, in the Docker engine, or in a file. */
export type Location = { kind: "name" | "engine"; reference: Reference } | FileLocation;

const engine = "docker:";

/** How a {@link Location} in a file is spelled. */
const prefixes = { "oci:": "layout", "tar:": "archive" } as const;

/**
 * Reads `oci:DIRECTORY`, `oci:DIRECTORY:NAME`, `tar:FILE`, `docker:NAME` or a reference.
 *
 * @throws {StkError} `invalid_reference`, `invalid_usage`
 */
export function parseLocation(text: string, cwd: string): Location {
  if (text.startsWith(engine))
    return { kind: "engine", reference: parseReference(text.slice(engine.length)) };
  return fileLocation(text, cwd) ?? { kind: "name", reference: parseReference(text) };
}

/** Reads `oci:DIRECTORY` or `tar:FILE`. @throws {StkError} `invalid_usage` */
export function parseFileLocation(text: string, cwd: string): FileLocation {
  const location = fileLocation(text, cwd);
  if (location !== undefined) return location;
  throw usage(`${JSON.stringify(text)} is neither oci:DIRECTORY nor tar:FILE.`);
}

function fileLocation(text: string, cwd: string): FileLocation | undefined {
  for (const [prefix, kind] of Object.entries(prefixes)) {
    if (!text.startsWith(prefix)) continue;
    const rest = text.slice(prefix.length);
    const [, path = "", name] = (kind === "layout" && /^([^:]+):(.+)$/s.exec(rest)) || [rest, rest];
    if (path === "") throw usage(`${JSON.stringify(text)} names no path.`);
    return { kind, path: resolve(cwd, path), ...(name === undefined ? {} : { name }) };
  }
  return undefined;
}

/**
 * The reference that `--tag` means. With `image:` in stk.yaml a bare word is a tag of it.
 *
 * @throws {StkError} `invalid_reference`, `invalid_usage`
 * @example targetOf("v1", "ghcr.io/acme/helpdesk") // ghcr.io/acme/helpdesk:v1
 */
export function targetOf(tag: string, image: string | undefined): Reference {
  const isBare = image !== undefined && /^[\w][\w.-]*$/.test(tag);
  const reference = parseReference(isBare ? `${image}:${tag}` : tag);
  if (reference.digest === undefined) return reference;
  throw usage(`--tag ${tag} holds a digest, which only the image itself can give.`);
}

const usage = (message: string) =>
  new StkError("invalid_usage", message, {
    hint: "Run the command with --help to see what it accepts.",
    exitCode: 2,
  });
