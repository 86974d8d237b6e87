import { randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { StkError } from "../core/error.ts";

const holder = z.object({ host: z.string(), pid: z.int().positive(), id: z.string() });
const stepMs = 20;
const longestMs = 15_000;

/**
 * Does something that only one process may do at a time. The lock is a file that names its holder; one whose holder has
 * ended is taken away.
 *
 * @throws {StkError} `store_locked` when another holds it for longer than 15 seconds.
 * @example await withLock(join(directory, "index.json.lock"), () => rewriteIndex(), signal);
 */
export async function withLock<T>(file: string, act: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const own = JSON.stringify({ host: hostname(), pid: process.pid, id: randomUUID() });
  const deadline = performance.now() + longestMs;
  while (!(await take(file, own))) {
    signal?.throwIfAborted();
    if (performance.now() > deadline) {
      throw new StkError(
        "store_locked",
        `Another process has been writing for ${longestMs / 1000} s: ${file}.`,
        {
          hint: "Wait for it, or, where none is left, delete that file.",
        },
      );
    }
    if (!(await removeStale(file))) await wait(stepMs, undefined, signal === undefined ? {} : { signal });
  }
  try {
    return await act();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Whether a lock was in the way whose holder has ended. */
async function removeStale(file: string): Promise<boolean> {
  const found = await readFile(file, "utf8").catch(() => "");
  if (found === "" || isAlive(found)) return false;
  // Of two who see the same stale lock one renames it; the other may get hold of a new one, and puts it back.
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return true;
  }
  const moved = await readFile(aside, "utf8");
  if (moved !== found) await take(file, moved);
  await rm(aside, { force: true });
  return moved === found;
}

function isAlive(content: string): boolean {
  const parsed = holder.safeParse(parseJson(content));
  if (!parsed.success || parsed.data.host !== hostname()) return true;
  try {
    process.kill(parsed.data.pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
