import { once } from "node:events";
import { mkdtemp, rm, statfs } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { freemem, tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import type { TestProject } from "vitest/node";
import { banner, type Unmet } from "./banner.ts";
import { buildCommand } from "./command.ts";
import { startEngine } from "./engine-server.ts";
import { startPostgres } from "./postgres-server.ts";
import { sweep } from "./sweep.ts";

type Service = { url: string; stop(): Promise<void> };

/** What this run may start, by the path that a test asks for it with. */
const starters: Readonly<Record<string, () => Promise<Service>>> = {
  "/postgres/13": () => startPostgres(13),
  "/postgres/14": () => startPostgres(14),
  "/postgres/15": () => startPostgres(15),
  "/postgres/16": () => startPostgres(16),
  "/postgres/17": () => startPostgres(17),
  "/postgres/18": () => startPostgres(18),
  "/engine": startEngine,
  "/command": buildCommand,
};

/** Where files are made ten times as fast as on a disk: a server makes 300 for each database. */
const memory = "/dev/shm";
const roomBytes = 6 * 1024 ** 3;

async function hasRoom(directory: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(directory).catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize > roomBytes && freemem() > 2 * roomBytes;
}

/**
 * Owns the run's services, and the directory of what tests write: each service is started when the first test asks for
 * it, once, and stopped at the end.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started = new Map<string, Promise<Service>>();
  const unmet: Unmet[] = [];

  async function answer(request: IncomingMessage): Promise<string> {
    const asked = request.url ?? "/";
    if (asked === "/unmet") {
      unmet.push(JSON.parse(await text(request)));
      return "";
    }
    const start = starters[asked];
    if (start === undefined) throw new Error(`There is no service ${asked}.`);
    const service = started.get(asked) ?? start();
    started.set(asked, service);
    return (await service).url;
  }

  // A connection that is closed for its idleness may be closed under a question.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    answer(request).then(
      (url) => response.end(url),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("The port of a TCP server is missing.");
  if (await hasRoom(memory)) process.env.TMPDIR ??= memory;
  await sweep();
  const temporary = await mkdtemp(path.join(tmpdir(), `santokit-test-${process.pid}-`));
  project.provide("temporary", temporary);
  project.provide("services", `http://127.0.0.1:${address.port}`);

  return async () => {
    server.close();
    server.closeAllConnections();
    const running = await Promise.allSettled(started.values());
    await Promise.all(
      running.map((result) => (result.status === "fulfilled" ? result.value.stop() : undefined)),
    );
    await rm(temporary, { recursive: true, force: true });
    if (unmet.length > 0) process.stderr.write(banner(unmet));
  };
}
