import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { startIssuer } from "../e2e/issuer.ts";
import { openCutter } from "../runtime/cutter.ts";
import { buildCommand } from "../services/command.ts";
import { startPostgres } from "../services/postgres-server.ts";
import { type Bridge, startBridge } from "./faults/bridge.ts";
import { bridgeFaults } from "./faults/bridge-faults.ts";
import { Client } from "./faults/client.ts";
import { asSuperuser, countWrites } from "./faults/count.ts";
import { databaseFaults } from "./faults/database-faults.ts";
import { allWays, underLoad, writeOnce } from "./faults/load.ts";
import { type Line, printPage } from "./faults/page.ts";
import { prepareBundle } from "./faults/project.ts";
import type { Fault, Stage } from "./faults/stage.ts";

/*
 * npm run bench:faults: makes each fault under load, prints what it counted, and writes docs/operations/faults.md. With a
 * part of a fault's name it makes those alone and writes nothing. It fails where a write was lost, doubled or told wrongly.
 */

const faults = [...databaseFaults, ...bridgeFaults];
const named = process.argv.slice(2);
const chosen = faults.filter(({ name }) => named.length === 0 || named.some((part) => name.includes(part)));
if (chosen.length === 0) throw new Error(`No fault is named ${named.join(" or ")}.`);

const [busy = 0] = loadavg();
const directory = await mkdtemp(path.join(tmpdir(), "santokit-faults-"));
const [postgres, issuer] = await Promise.all([startPostgres(), startIssuer(), buildCommand()]);
const cutter = await openCutter(postgres.url);
const lines: Line[] = [];
let wrong = 0;
try {
  // What is acknowledged must outlive a server that is killed.
  await asSuperuser(postgres.url, "alter database postgres set synchronous_commit = on");
  const bundle = await prepareBundle(directory, postgres.url);
  const token = await issuer.token({ sub: "ada", audience: "faults" });
  const environment = { AUTH_ISSUER: issuer.issuer, AUTH_JWKS_URL: issuer.jwks };
  for (const fault of chosen) {
    await asSuperuser(postgres.url, "truncate entries");
    const line = await make(
      fault,
      async (options) =>
        startBridge(bundle, { DATABASE_URL: options?.url ?? postgres.url, ...environment }, options),
      token,
    );
    lines.push(line);
  }
} finally {
  await cutter.close();
  await Promise.all([postgres.stop(), issuer.stop()]);
  await rm(directory, { recursive: true, force: true });
}

if (named.length === 0) {
  const file = path.resolve(import.meta.dirname, "../../docs/operations/faults.md");
  await writeFile(file, printPage(lines, busy));
  process.stdout.write(`Written to ${path.relative(process.cwd(), file)}\n`);
}
process.exitCode = wrong === 0 ? 0 : 1;

/** Makes one fault, and counts what became of the writes. */
async function make({ name, means, run }: Fault, begin: Stage["start"], token: string): Promise<Line> {
  const bridges: Bridge[] = [];
  const ends: (() => Promise<unknown>)[] = [];
  let origin = "";
  try {
    const load = await run({
      postgres,
      cutter,
      sql: (text) => asSuperuser(postgres.url, text),
      after: (work) => ends.push(work),
      async start(options) {
        const bridge = await begin(options);
        bridges.push(bridge);
        return bridge;
      },
      load(at, fault, ways = allWays) {
        origin = at;
        return underLoad(at, token, ways, fault);
      },
    });
    const counts = await countWrites(postgres.url, load);
    const codes = [...load.codes].map(([code, count]) => `${code} ${count}`).join(", ");
    process.stdout.write(`${name}\n  ${JSON.stringify(counts)}\n  ${codes}\n`);
    process.stdout.write(`  reads ${load.reads.answered} answered, ${load.reads.failed} failed\n`);
    wrong += counts.wrong.length;
    await untilServed(origin, token);
    return { name, means, counts, reads: load.reads };
  } finally {
    await Promise.all(bridges.map((bridge) => bridge.child.exitCode ?? bridge.end("SIGKILL")));
    for (const end of ends) await end();
  }
}

/** @throws {Error} where one of the ways to write does not work again within 15 s. */
async function untilServed(origin: string, token: string): Promise<void> {
  const client = new Client(origin, token);
  const deadline = Date.now() + 15_000;
  for (const way of allWays)
    while ((await writeOnce(client, way, randomUUID())) !== "acknowledged") {
      if (Date.now() > deadline) throw new Error(`The fault is over, and writes by ${way} still fail.`);
      await wait(100);
    }
  client.close();
}
