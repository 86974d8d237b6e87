import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheDirectory } from "./cache-directory.ts";
import { makeDirectory } from "./make-directory.ts";

const form = /^[0-9a-f]{64}$/;
const keys = new Map<string, string>();

/**
 * The seal of what this user keeps in a place that others may write to, such as a project's directory, which a checkout
 * fills: it says that the text was written here (HMAC, RFC 2104). Its key is in the user's own cache, made at the first
 * use; where none can be kept, another one is taken for each process.
 */
export function seal(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const file = join(cacheDirectory(env), "key");
  const key = keys.get(file) ?? read(file) ?? make(file);
  keys.set(file, key);
  return createHmac("sha256", key).update(text).digest("hex");
}

function read(file: string): string | undefined {
  try {
    const text = readFileSync(file, "utf8");
    return form.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Written beside and linked, so that of two processes that begin at once both take the key of the first. */
function make(file: string): string {
  const made = randomBytes(32).toString("hex");
  const unfinished = `${file}.${randomUUID()}`;
  try {
    makeDirectory(dirname(file), 0o700);
    writeFileSync(unfinished, made, { mode: 0o600 });
    try {
      linkSync(unfinished, file);
    } finally {
      rmSync(unfinished);
    }
    return made;
  } catch {
    return read(file) ?? made;
  }
}
