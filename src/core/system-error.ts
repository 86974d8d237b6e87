import { cacheDirectory } from "./cache-directory.ts";
import { StkError } from "./error.ts";

/** What the user can do about what the operating system refuses. */
const hints: Readonly<Record<string, string>> = {
  EACCES: "Give this user the right to it, or name another place.",
  EPERM: "Give this user the right to it, or name another place.",
  EROFS: "This file system can only be read: name another place.",
  ENOSPC: "Make room on the disk.",
  EDQUOT: "Make room: this user's part of the disk is full.",
  EMFILE: "Raise the limit of open files: ulimit -n 4096",
  ENFILE: "This machine has too many open files.",
  EEXIST: "A file stands where a directory should: move it, or name another place.",
  ENOTDIR: "A file stands where a directory should: move it, or name another place.",
  EISDIR: "A directory stands where a file should: move it, or name another place.",
  ENAMETOOLONG: "Name a shorter path.",
};

/** Numbers of WASI (`errno`), by which the embedded Postgres tells what its files met. */
const embedded: Readonly<Record<number, string>> = {
  2: "EACCES",
  19: "EDQUOT",
  33: "EMFILE",
  51: "ENOSPC",
  63: "EPERM",
  69: "EROFS",
};
const words: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "disk quota exceeded",
  EMFILE: "too many open files",
  ENOSPC: "no space left on device",
  EPERM: "operation not permitted",
  EROFS: "read-only file system",
};

/** The code of an error of Node, or of the embedded Postgres' files, which is no Error. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, errno, name }: { code?: unknown; errno?: unknown; name?: unknown } = error;
  if (typeof code === "string") return error instanceof Error ? code : undefined;
  return name === "ErrnoError" && typeof errno === "number" ? embedded[errno] : undefined;
}

/**
 * What the operating system refused for a reason of this machine's, as an error that the user can do something about;
 * undefined for every other error.
 *
 * @example asSystemError(error, process.env)?.message // The system refused: permission denied, mkdir '/srv/dist'.
 */
export function asSystemError(
  error: unknown,
  env: Readonly<Record<string, string | undefined>>,
): StkError | undefined {
  const code = codeOf(error);
  const hint = code === undefined ? undefined : hints[code];
  if (code === undefined || hint === undefined) return undefined;
  const said = error instanceof Error ? error.message.replace(/^[A-Z]+: /, "") : (words[code] ?? code);
  const cache = cacheDirectory(env);
  const path =
    error instanceof Error && "path" in error && typeof error.path === "string" ? error.path : undefined;
  const isCache = path !== undefined && (cache.startsWith(path) || path.startsWith(cache));
  return new StkError("system_error", `The system refused: ${said}.`, {
    hint: isCache ? `${hint} It is the cache: XDG_CACHE_HOME names another.` : hint,
    cause: error,
  });
}
