import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { StkError } from "../core/error.ts";
import { isDockerHub } from "./reference.ts";

/** How to prove to a registry who is asking. */
export type Credentials =
  | { kind: "password"; username: string; password: string }
  /** Exchanged for a token at the registry's token service. */
  | { kind: "identity"; token: string }
  /** Sent to the registry as it is. */
  | { kind: "bearer"; token: string };

/** Looks up the credentials for a registry; undefined where there are none. */
export type CredentialStore = (registry: string, signal?: AbortSignal) => Promise<Credentials | undefined>;

const helperTimeoutMs = 15_000;
const helperName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "is not the name of a credential helper");
const account = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
  registrytoken: z.string().optional(),
});
const configFile = z.object({
  auths: z.record(z.string(), account).optional(),
  credsStore: helperName.or(z.literal("")).optional(),
  credHelpers: z.record(z.string(), helperName).optional(),
});
const helperAnswer = z.object({ Username: z.string(), Secret: z.string() });
const hubKey = "https://index.docker.io/v1/";

/**
 * What `docker login` left: `config.json` in DOCKER_CONFIG or `~/.docker`, and the credential helpers that it names.
 * Nothing is read before the first registry asks.
 *
 * The store throws StkError `invalid_docker_config`, `credential_helper_failed`.
 */
export function dockerCredentials(env: Readonly<Record<string, string | undefined>>): CredentialStore {
  const file = join(env.DOCKER_CONFIG || join(env.HOME || homedir(), ".docker"), "config.json");
  let config: Promise<z.infer<typeof configFile>> | undefined;
  return async (registry, signal) => {
    config ??= readConfigFile(file);
    const { auths = {}, credHelpers = {}, credsStore } = await config;
    const key = isDockerHub(registry) ? hubKey : registry;
    const helper = find(credHelpers, key) ?? (credsStore || undefined);
    const helped = helper === undefined ? undefined : await askHelper(helper, key, env, signal);
    if (helped !== undefined) return helped;
    const found = find(auths, key);
    return found === undefined ? undefined : credentialsOf(found, file);
  };
}

async function readConfigFile(file: string): Promise<z.infer<typeof configFile>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return {};
    throw new StkError("invalid_docker_config", `${file} cannot be read.`, { cause });
  }
  try {
    return configFile.parse(JSON.parse(text));
  } catch (cause) {
    // Neither the text nor what a parser quotes of it is shown: it holds passwords.
    const where = cause instanceof z.ZodError ? `: ${cause.issues[0]?.path.join(".")}` : ": it is not JSON";
    throw new StkError("invalid_docker_config", `${file} is not a configuration of Docker${where}.`, {
      hint: "Mend it, or name another folder with DOCKER_CONFIG.",
    });
  }
}

/** Keys are hosts, and in old files URLs. */
function find<T>(entries: Readonly<Record<string, T>>, key: string): T | undefined {
  const host = (text: string) => text.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  if (Object.hasOwn(entries, key)) return entries[key];
  return Object.entries(entries).find(([name]) => host(name) === host(key))?.[1];
}

function credentialsOf(entry: z.infer<typeof account>, file: string): Credentials | undefined {
  if (entry.registrytoken) return { kind: "bearer", token: entry.registrytoken };
  if (entry.identitytoken) return { kind: "identity", token: entry.identitytoken };
  if (entry.auth) {
    const decoded = Buffer.from(entry.auth, "base64").toString("utf8").replace(/\0+$/, "");
    const colon = decoded.indexOf(":");
    if (colon < 1)
      throw new StkError("invalid_docker_config", `An auth in ${file} is not a user and a password.`);
    return { kind: "password", username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
  }
  const { username, password } = entry;
  return username && password !== undefined ? { kind: "password", username, password } : undefined;
}

/** https://github.com/docker/docker-credential-helpers: the registry on standard input, JSON on standard output. */
async function askHelper(
  name: string,
  key: string,
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<Credentials | undefined> {
  const { execa } = await import("execa");
  const program = `docker-credential-${name}`;
  const { failed, stdout, timedOut, code } = await execa(program, ["get"], {
    input: key,
    env: { ...env },
    extendEnv: false,
    reject: false,
    timeout: helperTimeoutMs,
    maxBuffer: 65_536,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  // The message that all helpers share for "I have none"; the exit code does not tell it from a failure.
  if (failed && stdout.includes("credentials not found")) return undefined;
  const answer = failed ? undefined : helperAnswer.safeParse(parseJson(stdout));
  if (!answer?.success) {
    const why = timedOut ? "did not answer in time" : code === "ENOENT" ? "is not on the PATH" : "failed";
    throw new StkError("credential_helper_failed", `${program}, which has the password for ${key}, ${why}.`, {
      hint: `Try it: echo ${key} | ${program} get. Or log in again with docker login.`,
    });
  }
  const { Username: username, Secret: secret } = answer.data;
  if (username === "<token>") return { kind: "identity", token: secret };
  return username === "" && secret === "" ? undefined : { kind: "password", username, password: secret };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
