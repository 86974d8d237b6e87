import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where `stk` keeps what it can make again: `$XDG_CACHE_HOME/santokit`, else `~/.cache/santokit`
 * (XDG Base Directory Specification). It need not exist yet.
 */
export const cacheDirectory = (env: Readonly<Record<string, string | undefined>>): string =>
  join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "santokit");
