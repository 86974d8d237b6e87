import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { buildCommand } from "../services/command.ts";
import { measureCommands } from "./commands.ts";
import { measureDeploy } from "./deploy.ts";
import { measureLocks } from "./locks.ts";
import { measurePlan } from "./plan.ts";
import { printMachine, printSection, type Section } from "./report.ts";
import { measureRequests } from "./requests.ts";
import { measureRules } from "./rules.ts";

/*
 * npm run bench: measures, prints what it found, and writes docs/benchmarks.md. With names of parts (deploy, requests,
 * rules, commands, plan, locks) it measures those alone and writes nothing.
 */

const parts: Readonly<Record<string, (directory: string) => Promise<Section[]>>> = {
  deploy: measureDeploy,
  requests: measureRequests,
  rules: async (directory) => [await measureRules(directory)],
  commands: async (directory) => [await measureCommands(directory)],
  plan: async (directory) => [await measurePlan(directory)],
  locks: async (directory) => [await measureLocks(directory)],
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => parts[name] === undefined);
if (unknown.length > 0)
  throw new Error(`There is no part ${unknown.join(", ")}: ${Object.keys(parts).join(", ")}`);

const directory = await mkdtemp(path.join(tmpdir(), "santokit-bench-"));
const [busy = 0] = loadavg();
const printed: string[] = [];
try {
  await buildCommand();
  for (const [name, measure] of Object.entries(parts)) {
    if (named.length > 0 && !named.includes(name)) continue;
    for (const section of await measure(path.join(directory, name))) {
      const text = printSection(section);
      printed.push(text);
      process.stdout.write(`${text}\n`);
    }
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}

if (named.length === 0) {
  const head =
    "# Benchmarks\n\nWritten by `npm run bench`; subjects are measured in turn. The order and the ratios hold elsewhere, " +
    "the figures do not.\n";
  const file = path.resolve(import.meta.dirname, "../../docs/benchmarks.md");
  await writeFile(file, `${head}\n${await printMachine(busy)}\n${printed.join("\n")}`);
  process.stdout.write(`Written to ${path.relative(process.cwd(), file)}\n`);
}
