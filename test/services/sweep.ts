import { readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** The process that a directory belongs to. */
const ownerIn = /^santokit-(?:postgres|test)-(\d+)-/;

/** Removes what tests that were killed left behind, and ends their servers. */
export async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = ownerIn.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const directory = path.join(tmpdir(), name);
    const pidFile = await readFile(path.join(directory, "data", "postmaster.pid"), "utf8").catch(() => "");
    const [pid = "", dataDirectory] = pidFile.split("\n");
    if (dataDirectory === path.join(directory, "data") && isAlive(Number(pid)))
      process.kill(Number(pid), "SIGQUIT");
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
