import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { freePort } from "./port.ts";
import { unprivilegedUser, untilAnswers } from "./postgres-server.ts";

/** A pooler in front of one database. */
export type Pooler = { url: string; stop(): Promise<void> };

/** How Debian's PgBouncer is set up: how long a client keeps a session, how many there are, which is lent next,
 * the startup parameters that are dropped, and the port, a free one without it. */
export type PoolerOptions = {
  mode: "session" | "transaction";
  sessions?: number;
  inTurn?: boolean;
  ignore?: string;
  port?: number;
};

/** Starts PgBouncer on a free loopback port, in front of the database of a URL. */
export async function startPooler(
  url: string,
  { mode, sessions = 20, inTurn = false, ignore = "", port }: PoolerOptions,
): Promise<Pooler> {
  const { hostname, port: serverPort, pathname, username, password } = new URL(url);
  const directory = await mkdtemp(path.join(tmpdir(), "santokit-pgbouncer-"));
  const user = await unprivilegedUser();
  if (user !== undefined) await chown(directory, user.uid, user.gid);
  const listenPort = port ?? (await freePort());
  const configuration = path.join(directory, "pgbouncer.ini");
  const users = path.join(directory, "users");
  await writeFile(users, `"${username}" "${password}"\n`);
  await writeFile(
    configuration,
    `[databases]
* = host=${hostname} port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = plain
auth_file = ${users}
pool_mode = ${mode}
default_pool_size = ${sessions}
server_round_robin = ${inTurn ? 1 : 0}
ignore_startup_parameters = ${ignore}
`,
  );
  const pooler = execa("pgbouncer", [configuration], {
    ...user,
    cwd: directory,
    cleanup: true,
    reject: false,
    all: true,
    stdin: "ignore",
    maxBuffer: 1_000_000,
  });
  let ended: string | undefined;
  void pooler.then((result) => {
    ended = result.all;
  });
  const pooled = `postgres://${username}:${password}@127.0.0.1:${listenPort}${pathname}`;
  await untilAnswers(pooled, () => ended);
  return {
    url: pooled,
    async stop() {
      pooler.kill("SIGTERM");
      await pooler;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
