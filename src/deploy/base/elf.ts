import { closeSync, openSync, readSync } from "node:fs";

/** What a program or shared library of Linux says of itself (System V ABI, "Object Files"). */
export type Elf = {
  machine: Machine;
  /** The loader that starts it (PT_INTERP); a library has none. */
  interpreter: string | undefined;
  /** The shared libraries that it names (DT_NEEDED), in its order. */
  needed: readonly string[];
};

/** The architectures that images are made for, as OCI spells them. */
export type Machine = "amd64" | "arm64";

const machines: ReadonlyMap<number, Machine> = new Map([
  [62, "amd64"],
  [183, "arm64"],
]);
const segment = { load: 1, dynamic: 2, interpreter: 3 } as const;
const tag = { needed: 1n, stringTable: 5n } as const;
/** Bytes that are read at once at most; real headers are far smaller. */
const longest = 65_536;

/** Reads the headers of a 64-bit little-endian ELF file, and no more of it; undefined for every other file. */
export function readElf(path: string): Elf | undefined {
  const file = openSync(path, "r");
  try {
    return parse((position, length) => {
      if (!Number.isSafeInteger(position)) return Buffer.alloc(0);
      const bytes = Buffer.alloc(Math.min(length, longest));
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, position));
    });
  } finally {
    closeSync(file);
  }
}

type Read = (position: number, length: number) => Buffer;

function parse(read: Read): Elf | undefined {
  const header = read(0, 64);
  if (header.length < 64 || header.readUInt32BE(0) !== 0x7f454c46 || header[4] !== 2 || header[5] !== 1)
    return undefined;
  const machine = machines.get(header.readUInt16LE(18));
  const [entrySize, count] = [header.readUInt16LE(54), header.readUInt16LE(56)];
  if (machine === undefined || entrySize < 56) return undefined;

  const table = read(Number(header.readBigUInt64LE(32)), entrySize * count);
  const segments = Array.from({ length: Math.floor(table.length / entrySize) }, (_, index) => {
    const at = index * entrySize;
    const field = (offset: number) => Number(table.readBigUInt64LE(at + offset));
    return { type: table.readUInt32LE(at), offset: field(8), address: field(16), size: field(32) };
  });
  const text = (position: number, length: number) => {
    const bytes = read(position, length);
    const end = bytes.indexOf(0);
    return bytes.toString("latin1", 0, end < 0 ? bytes.length : end);
  };

  const interpreter = segments.find(({ type }) => type === segment.interpreter);
  const dynamic = dynamicEntries(
    read,
    segments.find(({ type }) => type === segment.dynamic),
  );
  const address = Number(dynamic.find((entry) => entry.tag === tag.stringTable)?.value ?? 0n);
  const loaded = segments.find(
    (part) => part.type === segment.load && address >= part.address && address < part.address + part.size,
  );
  const strings = loaded === undefined ? undefined : address - loaded.address + loaded.offset;
  return {
    machine,
    interpreter: interpreter && text(interpreter.offset, interpreter.size),
    needed: dynamic.flatMap((entry) =>
      entry.tag === tag.needed && strings !== undefined ? [text(strings + Number(entry.value), 256)] : [],
    ),
  };
}

function dynamicEntries(read: Read, dynamic: { offset: number; size: number } | undefined) {
  if (dynamic === undefined) return [];
  const bytes = read(dynamic.offset, dynamic.size);
  return Array.from({ length: Math.floor(bytes.length / 16) }, (_, index) => ({
    tag: bytes.readBigInt64LE(index * 16),
    value: bytes.readBigUInt64LE(index * 16 + 8),
  }));
}
