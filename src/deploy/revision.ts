import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { StkError } from "../core/error.ts";
import { fixedTime } from "./times.ts";

/** Where a bake's input comes from, as far as Git and the environment say. */
export type Revision = {
  /** SOURCE_DATE_EPOCH, else the time of the commit, else a fixed time. */
  created: Date;
  /** The commit; `-dirty` behind it when the project differs from it. */
  revision?: string;
  /** The web address of the repository, without credentials. */
  source?: string;
  /** Why Git did not say which commit this is, though the project is in a repository. */
  unknown?: string;
};

const timeoutMs = 5_000;

const run = promisify(execFile);

/**
 * What a checkout brings must not be run: a folder that looks like a bare repository has a config of its own, and that
 * may name programs for Git to start.
 */
const harmless = ["safe.bareRepository=explicit", "core.fsmonitor=false", "log.showSignature=false"].flatMap(
  (setting) => ["-c", setting],
);

/**
 * Asks Git about the project. Without Git, or outside a repository, only `created` is known.
 *
 * @throws {StkError} `invalid_environment` when SOURCE_DATE_EPOCH is not a number of seconds.
 */
export async function revisionOf(
  project: string,
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<Revision> {
  const epoch = sourceDate(env.SOURCE_DATE_EPOCH);
  if (!isInRepository(project)) return { created: epoch ?? fixedTime };
  const options = {
    timeout: timeoutMs,
    maxBuffer: 4_000_000,
    env: { ...env, GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" },
    ...(signal === undefined ? {} : { signal }),
  };
  const git = async (...words: string[]) =>
    (await run("git", ["-C", project, ...harmless, ...words], options)).stdout.trim();
  // What stk itself writes into a project changes nothing of what is baked.
  const watched = ["--", ".", ":(exclude).stk", ":(exclude)dist"];
  const [head, changes, remote] = await Promise.allSettled([
    git("log", "-1", "--format=%H %ct"),
    git("status", "--porcelain", ...watched),
    git("config", "--get", "remote.origin.url"),
  ]);
  signal?.throwIfAborted();
  if (head.status === "rejected") return { created: epoch ?? fixedTime, unknown: firstLine(head.reason) };
  const [commit = "", seconds] = head.value.split(" ");
  const source = remote.status === "fulfilled" ? webAddress(remote.value) : undefined;
  return {
    created: epoch ?? new Date(Number(seconds) * 1_000),
    // A status that Git did not give is not known to be clean.
    revision: changes.status === "fulfilled" && changes.value === "" ? commit : `${commit}-dirty`,
    ...(source === undefined ? {} : { source }),
  };
}

function isInRepository(directory: string): boolean {
  if (existsSync(join(directory, ".git"))) return true;
  const parent = dirname(directory);
  return parent !== directory && isInRepository(parent);
}

/** What Git said, such as "detected dubious ownership"; or that there is no Git. */
function firstLine(reason: unknown): string {
  const said = reason instanceof Error && "stderr" in reason ? String(reason.stderr) : "";
  return (said || String(reason)).split("\n", 1)[0] ?? "";
}

function sourceDate(text: string | undefined): Date | undefined {
  if (text === undefined || text === "") return undefined;
  const time = /^[0-9]{1,11}$/.test(text) ? new Date(Number(text) * 1_000) : undefined;
  if (time !== undefined) return time;
  throw new StkError("invalid_environment", "SOURCE_DATE_EPOCH is not a number of seconds.", {
    hint: "Set it to seconds since 1970-01-01T00:00:00Z, such as: git log -1 --format=%ct",
    exitCode: 2,
  });
}

/**
 * One address for however a repository was cloned, so that the image does not depend on it; undefined for a path.
 *
 * @example webAddress("git@github.com:acme/helpdesk.git") // "https://github.com/acme/helpdesk"
 */
export function webAddress(remote: string | undefined): string | undefined {
  const short = /^(?:[^@/:]+@)?([^/:]+\.[^/:]+):(?!\/)(.+)$/.exec(remote ?? "");
  const url = URL.parse(short ? `ssh://${short[1]}/${short[2]}` : (remote ?? ""));
  if (url === null || !["https:", "http:", "ssh:", "git:"].includes(url.protocol)) return undefined;
  const host = url.protocol === "https:" || url.protocol === "http:" ? url.host : url.hostname;
  return `https://${host}${url.pathname.replace(/\/$/, "").replace(/\.git$/, "")}`;
}
