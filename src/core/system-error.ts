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
  if (!(error instanceof Error && "code" in error && typeof error.code === "string" && "syscall" in error))
    return undefined;
  const hint = hints[error.code];
  if (hint === undefined) return undefined;
  const cache = cacheDirectory(env);
  const path = "path" in error && typeof error.path === "string" ? error.path : undefined;
  const isCache = path !== undefined && (cache.startsWith(path) || path.startsWith(cache));
  return new StkError("system_error", `The system refused: ${error.message.replace(/^[A-Z]+: /, "")}.`, {
    hint: isCache ? `${hint} It is the cache: XDG_CACHE_HOME names another.` : hint,
    cause: error,
  });
}
