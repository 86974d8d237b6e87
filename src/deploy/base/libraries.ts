import { existsSync } from "node:fs";
import { posix } from "node:path";
import { StkError } from "../../core/error.ts";
import { type Elf, type Machine, readElf } from "./elf.ts";

/** A file of this machine, and where the image has it. Both paths are absolute. */
export type Placed = { source: string; target: string };

/**
 * Where distributions keep shared libraries; the loader that comes from the same place looks there too. Debian's
 * cross-compiling packages hold the native files under a prefix of their own.
 */
const places: Readonly<Record<Machine, readonly { directory: string; target?: string }[]>> = {
  amd64: [
    { directory: "/lib/x86_64-linux-gnu" },
    { directory: "/usr/lib/x86_64-linux-gnu" },
    { directory: "/lib64" },
    { directory: "/usr/lib64" },
    { directory: "/usr/x86_64-linux-gnu/lib", target: "/lib/x86_64-linux-gnu" },
    { directory: "/lib" },
    { directory: "/usr/lib" },
  ],
  arm64: [
    { directory: "/lib/aarch64-linux-gnu" },
    { directory: "/usr/lib/aarch64-linux-gnu" },
    { directory: "/lib64" },
    { directory: "/usr/lib64" },
    { directory: "/usr/aarch64-linux-gnu/lib", target: "/lib/aarch64-linux-gnu" },
    { directory: "/lib" },
    { directory: "/usr/lib" },
  ],
};

/** glibc before 2.34 loads these by name when it resolves a host, so no ELF header names them. */
const nameServices = ["libnss_files.so.2", "libnss_dns.so.2"];

/**
 * The loader and every shared library that a program needs, from this machine.
 *
 * @throws {StkError} `base_unavailable` when one of them is not there.
 */
export function librariesOf(program: Elf): Placed[] {
  const { machine, interpreter } = program;
  if (interpreter === undefined) return [];
  const loader = find(posix.basename(interpreter), machine);
  const placed = new Map<string, Placed>();
  placed.set(posix.basename(interpreter), {
    source: required(loader, interpreter).source,
    target: interpreter,
  });

  const add = (name: string, found: Found): void => {
    placed.set(name, { source: found.source, target: found.target });
    follow(found.elf.needed);
  };
  const follow = (names: readonly string[]): void => {
    for (const name of names) if (!placed.has(name)) add(name, required(find(name, machine), name));
  };
  follow(program.needed);
  for (const name of nameServices) {
    const found = placed.has(name) ? undefined : find(name, machine);
    if (found !== undefined) add(name, found);
  }
  return [...placed.values()];
}

type Found = Placed & { elf: Elf };

function find(name: string, machine: Machine): Found | undefined {
  for (const { directory, target } of places[machine]) {
    const source = posix.join(directory, name);
    const elf = existsSync(source) ? readElf(source) : undefined;
    if (elf?.machine === machine) return { source, target: posix.join(target ?? directory, name), elf };
  }
  return undefined;
}

function required(found: Found | undefined, name: string): Found {
  if (found !== undefined) return found;
  throw new StkError(
    "base_unavailable",
    `The built-in base needs ${name}, which this machine does not have.`,
    {
      hint: "Name a base image with --base, or as base: in stk.yaml.",
    },
  );
}
