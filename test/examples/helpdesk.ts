import { once } from "node:events";
import { cp } from "node:fs/promises";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { z } from "zod";
import { silentLog } from "../../runtime/log.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { Diagnostic } from "../../src/core/diagnostic.ts";
import { Development } from "../../src/dev/development.ts";
import { developmentJwks, developmentKey } from "../../src/dev/development-key.ts";
import { signToken } from "../../src/dev/sign-token.ts";
import { temporaryDirectory } from "../services/temporary.ts";

/** Somebody who calls: whose token, or nobody's. */
export type Person = { sub?: string; roles?: readonly string[]; claims?: Record<string, unknown> };

/** The people of the example's seeds. */
export const people = {
  nobody: {},
  stranger: { sub: "c0000000-0000-4000-8000-000000000001" },
  ada: { sub: "b0000000-0000-4000-8000-000000000001" },
  ben: { sub: "b0000000-0000-4000-8000-000000000002" },
  carla: { sub: "b0000000-0000-4000-8000-000000000003" },
  mira: { sub: "a0000000-0000-4000-8000-000000000001", roles: ["agent"] },
  root: { sub: "a0000000-0000-4000-8000-000000000009", roles: ["admin"] },
} as const satisfies Record<string, Person>;

const answer = z.object({
  data: z.unknown().optional(),
  error: z.looseObject({ code: z.string(), details: z.unknown().optional() }).optional(),
});

/** An answer to a call. */
export type Answer = { status: number } & z.infer<typeof answer>;

/** The example, served on embedded databases. */
export type Helpdesk = {
  manifest: Manifest;
  diagnostics: readonly Diagnostic[];
  call(who: Person, path: string, params?: unknown): Promise<Answer>;
  close(): Promise<void>;
};

/** Serves a copy of the example with its seeds. */
export async function serveHelpdesk(): Promise<Helpdesk> {
  const root = join(temporaryDirectory(), "helpdesk");
  await cp(resolve("examples/helpdesk"), root, {
    recursive: true,
    filter: (source) => !source.endsWith("/.stk"),
  });
  const diagnostics: Diagnostic[] = [];
  const key = await developmentKey(root);
  const development = new Development({
    root,
    env: {},
    jwks: developmentJwks(key),
    log: silentLog,
    output: {
      progress: () => {},
      warn: () => {},
      diagnostics: (found) => diagnostics.push(...found),
    },
  });
  await development.refresh();
  const { bridge, manifest } = development;
  if (bridge === undefined || manifest === undefined) throw new Error(JSON.stringify(diagnostics));
  const server = createServer(bridge.handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const tokens = new Map<Person, Promise<string>>();
  const tokenOf = (who: Person, sub: string): Promise<string> => {
    const subject = { sub, roles: who.roles ?? [], claims: who.claims ?? {}, expiresInMs: 600_000 };
    const token = tokens.get(who) ?? signToken(key, subject, Date.now());
    tokens.set(who, token);
    return token;
  };
  return {
    manifest,
    diagnostics,
    async call(who, path, params) {
      const authorization =
        who.sub === undefined ? {} : { authorization: `Bearer ${await tokenOf(who, who.sub)}` };
      const response = await fetch(`http://127.0.0.1:${port}/call`, {
        method: "POST",
        headers: { "content-type": "application/json", ...authorization },
        body: JSON.stringify({ path, ...(params === undefined ? {} : { params }) }),
      });
      return { status: response.status, ...answer.parse(await response.json()) };
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await development.close();
    },
  };
}
