import { once } from "node:events";
import { Agent, createServer, request } from "node:http";

/** A balancer that asks each of its servers for readiness ten times a second, as HAProxy does with `option httpchk`. */
export type Balancer = { origin: string; add(origin: string): Promise<void>; stop(): Promise<void> };

/** Starts a balancer on a free loopback port. It never sends a request again: what fails behind it is 502. */
export async function startBalancer(): Promise<Balancer> {
  const servers = new Map<string, boolean>();
  const agent = new Agent({ keepAlive: true });
  const look = async (origin: string): Promise<void> => {
    const { status } = await fetch(`${origin}/readyz`).catch(() => ({ status: 0 }));
    servers.set(origin, status === 200);
  };
  const looking = setInterval(() => {
    for (const origin of servers.keys()) void look(origin);
  }, 100);
  let turn = 0;
  const server = createServer((near, answer) => {
    const ready = [...servers].filter(([, isReady]) => isReady).map(([origin]) => origin);
    turn += 1;
    const origin = ready[turn % ready.length];
    const fail = () => {
      if (answer.headersSent) answer.destroy();
      else answer.writeHead(502, { connection: "close" }).end();
    };
    if (origin === undefined) return fail();
    const { "keep-alive": _, connection: __, ...headers } = near.headers;
    const far = request(`${origin}${near.url}`, { agent, method: near.method ?? "GET", headers });
    far.on("error", fail).on("response", (response) => {
      const { connection: ___, "keep-alive": ____, ...rest } = response.headers;
      answer.writeHead(response.statusCode ?? 502, rest);
      response.on("error", fail).pipe(answer);
    });
    near.pipe(far);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The balancer has no port.");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    add: look,
    async stop() {
      clearInterval(looking);
      agent.destroy();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
