import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";

/** A process's environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment with the project's `.env` under it: what the process has set wins; an empty value is none. */
export async function withDotEnv(root: string, env: Environment): Promise<Environment> {
  const text = await readFile(join(root, ".env"), "utf8").catch(() => "");
  const set = Object.entries(env).filter(([, value]) => value !== undefined && value !== "");
  const given = Object.entries(parseEnv(text)).filter(([, value]) => value !== "");
  return Object.fromEntries([...given, ...set]);
}
