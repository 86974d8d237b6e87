/**
 * `npm run demo`: bakes examples/helpdesk into an image, runs the image beside embedded databases, and shows a call that
 * is permitted and one that is not. Ends with exit code 0 when everything was as it says, and cleans up in any case.
 */
import path from "node:path";
import process from "node:process";
import { z } from "zod";
import { createOutput } from "../src/cli/output.ts";
import type { CommandContext } from "../src/core/command.ts";
import { StkError } from "../src/core/error.ts";
import { deployImage } from "../src/deploy/deploy-image.ts";
import { openPlaces, storeOf } from "../src/deploy/places.ts";
import { developmentKey } from "../src/dev/development-key.ts";
import { untilReady } from "../src/dev/run/ready.ts";
import { type RunningRelease, runImage } from "../src/dev/run/run-image.ts";
import { signToken } from "../src/dev/sign-token.ts";

const root = path.resolve(import.meta.dirname, "..", "examples", "helpdesk");
const image = "helpdesk:demo";
const timeLimitMs = 110_000;
const readyWithinMs = 40_000;
const callWithinMs = 10_000;
/** Ben Osei, a member of Northwind Bakery, in seeds/01-people.sql. */
const ben = "b0000000-0000-4000-8000-000000000002";

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interrupted.abort());
const signal = AbortSignal.any([interrupted.signal, AbortSignal.timeout(timeLimitMs)]);

const output = createOutput(
  {
    write: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
    color: process.stderr.isTTY === true && !process.env.NO_COLOR,
    env: process.env,
  },
  false,
);
/** What the run says of itself; shown only where something went wrong. */
const noted: string[] = [];
const note = (text: string): void => void noted.push(text);
const quiet = { ...output, progress: note, warn: note };
const context: CommandContext = { cwd: root, env: process.env, output: quiet, signal, interactive: false };

const answer = z.object({
  data: z.array(z.record(z.string(), z.unknown())).optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

async function demo(): Promise<void> {
  const started = performance.now();
  output.line("1. Bake examples/helpdesk into an image, with no Docker and no download");
  const digest = await bake();
  output.line(`   ${image}\n   ${digest}\n`);

  output.line("2. Run the image beside two embedded Postgres, with its schema and the example's seeds");
  const running = await start();
  try {
    const place =
      running.place === "docker"
        ? "Docker, read-only and without capabilities"
        : "a process of the pinned Node";
    output.line(`   ready on ${running.url}, in ${place}\n`);
    const subject = { sub: ben, roles: [], expiresInMs: 600_000 };
    const token = await signToken(await developmentKey(root), subject, Date.now());

    output.line("3. Ben, a member of Northwind Bakery, reads the tickets that he may see");
    const read = {
      path: "db/main/tickets/select",
      params: { columns: ["subject", "status", "priority"], orderBy: [{ column: "status" }] },
    };
    const permitted = await call(running, token, read);
    const rows = permitted.body.data ?? [];
    for (const { subject: title, status, priority } of rows)
      output.line(`       ${String(status).padEnd(8)} ${String(priority).padEnd(7)} ${title}`);
    expect(permitted.status === 200 && rows.length === 3, "three tickets of his organisation, and 200");
    output.line();

    output.line("4. He tries to delete one, which no rule gives to a member");
    const remove = { path: "db/main/tickets/delete", params: { where: { status: "open" } } };
    const refused = await call(running, token, remove);
    output.line(`       ${refused.body.error?.code}: ${refused.body.error?.message}`);
    expect(refused.status === 403 && refused.body.error?.code === "forbidden", "403 forbidden");
    output.line();
  } finally {
    await running.stop();
  }
  output.line(
    `Everything was as it should be, in ${((performance.now() - started) / 1_000).toFixed(1)} s. Digest of the image:`,
  );
  output.line(digest);
}

async function bake(): Promise<string> {
  const places = openPlaces({ project: root, env: process.env, signal });
  const request = { root, tags: [image], wish: { kind: "layout", path: storeOf(root) } } as const;
  const deployment = await deployImage(request, { cwd: root, env: process.env, output, places, signal });
  return deployment.digest;
}

/** In Docker where it works, else in a process: a machine whose Docker is broken sees the demo all the same. */
async function start(): Promise<RunningRelease> {
  try {
    return await startIn(undefined);
  } catch (error) {
    signal.throwIfAborted();
    output.warn(`${error instanceof Error ? error.message : String(error)} Trying without Docker.`);
    return startIn("local");
  }
}

async function startIn(place: "local" | undefined): Promise<RunningRelease> {
  const running = await runImage({ root, image, port: 0, pglite: true, place }, context);
  const patience = AbortSignal.any([signal, AbortSignal.timeout(readyWithinMs)]);
  if (await untilReady(running, (reason) => note(`not ready: ${reason}`), patience)) return running;
  await running.stop();
  throw new StkError("not_ready", "The image did not become ready.");
}

async function call({ url }: RunningRelease, token: string, body: object) {
  const text = JSON.stringify(body);
  output.line(`   POST ${url}/call  ${text}`);
  const response = await fetch(`${url}/call`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: text,
    signal: AbortSignal.any([signal, AbortSignal.timeout(callWithinMs)]),
  });
  output.line(`   ${response.status}`);
  return { status: response.status, body: answer.parse(await response.json()) };
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new StkError("demo_failed", `That was not what the demo promises: ${what}.`);
}

try {
  await demo();
} catch (error) {
  const timedOut = signal.aborted && !interrupted.signal.aborted;
  for (const text of noted) output.progress(text);
  const message = timedOut
    ? "The demo took too long."
    : error instanceof Error
      ? error.message
      : String(error);
  output.warn(error instanceof StkError && error.hint !== undefined ? `${message} ${error.hint}` : message);
  process.exitCode = 1;
}
