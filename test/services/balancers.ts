import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import { freePort } from "./port.ts";

/** A load balancer in front of Bridges on loopback ports. */
export type Balancer = {
  readonly url: string;
  /** Tells it who serves from now on; HAProxy finds out by itself. */
  use(ports: readonly number[]): Promise<void>;
  stop(): Promise<void>;
};

/** How a balancer is started in a directory of its own, with the ports of all servers that there will ever be. */
export type StartBalancer = (ports: readonly number[]) => Promise<Balancer>;

/** Starts Debian's HAProxy, which asks `/readyz` and never repeats a request. */
export const startHaproxy: StartBalancer = async (ports) => {
  const { port, directory, file } = await place("haproxy.cfg");
  await writeFile(
    file,
    `defaults
  mode http
  retries 0
  timeout connect 2s
  timeout client 30s
  timeout server 30s
  timeout check 2s
frontend public
  bind 127.0.0.1:${port}
  default_backend bridge
backend bridge
  balance roundrobin
  option httpchk GET /readyz
  default-server check inter 200ms fall 1 rise 1
${ports.map((each) => `  server at-${each} 127.0.0.1:${each}\n`).join("")}`,
  );
  const { stop } = await start("haproxy", ["-db", "-f", file], { port, directory });
  return { url: `http://127.0.0.1:${port}`, use: async () => {}, stop };
};

/** Starts Debian's nginx, which keeps connections to the Bridges open, and is told who they are. */
export const startNginx: StartBalancer = async (ports) => {
  const { port, directory, file } = await place("nginx.conf");
  const configure = (used: readonly number[]) =>
    writeFile(
      file,
      `${process.getuid?.() === 0 ? "user root;" : ""}
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log stderr;
events { worker_connections 512; }
http {
  access_log off;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((of) => `${of}_temp_path ${directory}/${of};`).join(" ")}
  upstream bridge {
    ${used.map((each) => `server 127.0.0.1:${each};`).join(" ")}
    keepalive 16;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://bridge;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_next_upstream off;
    }
  }
}
`,
    );
  await configure(ports);
  const { signal, stop } = await start("nginx", ["-e", "stderr", "-c", file], { port, directory });
  return {
    url: `http://127.0.0.1:${port}`,
    async use(used) {
      await configure(used);
      signal("SIGHUP");
    },
    stop,
  };
};

async function place(name: string) {
  const directory = await mkdtemp(path.join(tmpdir(), "santokit-balancer-"));
  return { port: await freePort(), directory, file: path.join(directory, name) };
}

async function start(
  program: "haproxy" | "nginx",
  words: readonly string[],
  { port, directory }: { port: number; directory: string },
) {
  const balancer = execa(program, words, {
    cwd: directory,
    cleanup: true,
    reject: false,
    all: true,
    stdin: "ignore",
    maxBuffer: 1_000_000,
  });
  let ended: string | undefined;
  void balancer.then(({ all }) => {
    ended = all;
  });
  while (!(await isOpen(port))) {
    if (ended !== undefined) throw new Error(`${program} ended while starting:\n${ended}`);
    await wait(10);
  }
  return {
    signal: (name: NodeJS.Signals) => balancer.kill(name),
    async stop() {
      balancer.kill("SIGTERM");
      await balancer;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
