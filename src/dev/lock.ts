import { once } from "node:events";
import { realpath, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { digestOf } from "../core/digest.ts";
import { StkError } from "../core/error.ts";

const answerWithinMs = 1_000;
const answerBytes = 1_000;

/** The only `stk dev` of a project, until it is released. */
export type Lock = { release(): Promise<void> };

/**
 * Takes a project's lock. It is a socket that its holder listens on, so it goes away with the process however that
 * ends, and a second `stk dev` is told where the first one is.
 *
 * @throws {StkError} `already_running`
 */
export async function takeLock(root: string, holder: { pid: number; url: string }): Promise<Lock> {
  const path = await socketPath(root);
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.end(`process ${holder.pid}, ${holder.url}`);
  });
  for (let attempt = 0; ; attempt += 1) {
    try {
      server.listen(path);
      await once(server, "listening");
      break;
    } catch (error) {
      const inUse = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
      if (!inUse) throw error;
      const answer = await askHolder(path);
      if (answer !== undefined || attempt > 0) throw alreadyRunning(root, answer);
      // Nobody listens: what is there was left behind by a process that was killed.
      await rm(path, { force: true });
    }
  }
  server.unref();
  return {
    async release() {
      server.close();
      await once(server, "close");
    },
  };
}

const alreadyRunning = (root: string, answer: string | undefined): StkError =>
  new StkError("already_running", `stk dev runs for ${root} already${answer ? ` (${answer})` : ""}.`, {
    hint: "Use that one, or stop it first: two of them cannot share one database.",
  });

/** A path of a Unix socket has at most 103 bytes on macOS, so it cannot stand in the project. */
async function socketPath(root: string): Promise<string> {
  const name = `stk-${userInfo().uid}-${digestOf(await realpath(root)).slice(7, 23)}`;
  return process.platform === "win32" ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

/** What the holder says, or undefined where nobody holds the lock. */
async function askHolder(path: string): Promise<string | undefined> {
  const socket = connect(path).setEncoding("utf8").setTimeout(answerWithinMs);
  return new Promise((resolve) => {
    let said = "";
    socket.on("data", (text: string) => {
      said = (said + text).slice(0, answerBytes);
    });
    socket.on("timeout", () => socket.destroy());
    socket.on("error", () => resolve(undefined));
    socket.on("close", (failed) => resolve(failed ? undefined : said));
  });
}
