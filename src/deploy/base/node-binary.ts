import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { z } from "zod";
import { StkError } from "../../core/error.ts";
import { type Elf, type Machine, readElf } from "./elf.ts";

/** The Linux program of the pinned Node, for one architecture. */
export type NodeBinary = { path: string; version: string; elf: Elf };

const packageFile = z.object({ version: z.string() });
const require = createRequire(import.meta.url);

/**
 * The Node that this release of stk pins, never the one that runs stk: the base is the same whatever runs it.
 *
 * @throws {StkError} `base_unavailable` where npm did not bring one for this architecture.
 */
export function nodeBinary(machine: Machine): NodeBinary {
  const pinned = packageDirectory("node");
  const { version } = readPackage(pinned, machine);
  const candidates = [pinned, packageDirectory(`node-linux-${machine === "amd64" ? "x64" : machine}`)];
  for (const directory of candidates) {
    const path = directory && join(directory, "bin", "node");
    if (path === undefined || !existsSync(path) || readPackage(directory, machine).version !== version)
      continue;
    const elf = readElf(path);
    if (elf?.machine === machine) return { path, version, elf };
  }
  throw unavailable(machine);
}

function packageDirectory(name: string): string | undefined {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

function readPackage(directory: string | undefined, machine: Machine): z.infer<typeof packageFile> {
  if (directory === undefined) throw unavailable(machine);
  return packageFile.parse(JSON.parse(readFileSync(join(directory, "package.json"), "utf8")));
}

/** Whether npm brings the program for this architecture to this machine. */
const isOwn = (machine: Machine): boolean =>
  process.platform === "linux" && process.arch === (machine === "amd64" ? "x64" : machine);

const unavailable = (machine: Machine) =>
  new StkError(
    "base_unavailable",
    `There is no pinned Node for linux/${machine} on this machine, so no built-in base.`,
    {
      hint: `Name a base image with --base, or as base: in stk.yaml.${isOwn(machine) ? " Or bring Node back: npm rebuild node." : ""}`,
    },
  );
