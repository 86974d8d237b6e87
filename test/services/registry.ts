import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import { freePort } from "./port.ts";

/** A registry for one test file. `host` is as it stands in a reference: `127.0.0.1:PORT`. */
export type Registry = { host: string; log(): string; stop(): Promise<void> };

/** Who may use a registry that asks for a password. */
export const registryUser = { name: "ann", password: "secret" } as const;
const registryUserHash = "$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a";

/**
 * Starts Debian's docker-registry on a free loopback port with an empty store.
 *
 * @param auth whether it asks for HTTP Basic, from {@link registryUser}.
 */
export async function startRegistry({ auth = false }: { auth?: boolean } = {}): Promise<Registry> {
  const directory = await mkdtemp(path.join(tmpdir(), "santokit-registry-"));
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const passwords = path.join(directory, "htpasswd");
  if (auth) await writeFile(passwords, `${registryUser.name}:${registryUserHash}\n`);
  const configuration = {
    version: 0.1,
    log: { level: "info" },
    storage: { filesystem: { rootdirectory: path.join(directory, "data") }, delete: { enabled: true } },
    http: { addr: host },
    ...(auth ? { auth: { htpasswd: { realm: "test", path: passwords } } } : {}),
  };
  const configurationFile = path.join(directory, "config.yml");
  await writeFile(configurationFile, JSON.stringify(configuration));
  const server = execa("docker-registry", ["serve", configurationFile], {
    cleanup: true,
    reject: false,
    buffer: false,
    stdin: "ignore",
  });
  let log = "";
  for (const stream of [server.stdout, server.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      log = (log + text).slice(-1_000_000);
    });
  }
  await untilAnswers(`http://${host}/v2/`, () => log);
  return {
    host,
    log: () => log,
    async stop() {
      server.kill();
      await server;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function untilAnswers(url: string, log: () => string): Promise<void> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    try {
      await fetch(url, { signal: AbortSignal.timeout(1_000) });
      return;
    } catch (cause) {
      if (Date.now() > deadline) throw new Error(`docker-registry did not answer:\n${log()}`, { cause });
      await wait(25);
    }
  }
}
