import { Header } from "tar/header";
import { Pax } from "tar/pax";

/** One thing in a tar archive. `path` is relative, with forward slashes; parent directories are added by themselves. */
export type TarEntry =
  | { path: string; content: Uint8Array; mode?: number }
  | { path: string; link: string }
  | { path: string; directory: true; mode?: number };

/** What {@link tarOf} writes into every entry. */
export type TarOptions = { mtime: Date };

const block = 512;

/**
 * A tar archive (POSIX.1-2001 ustar, pax where a path needs it) whose bytes depend on nothing but its arguments:
 * entries in the order of their paths, owner 0:0, files 0644 and directories 0755 unless said otherwise, one time.
 *
 * @example tarOf([{ path: "logic/a.mjs", content }], { mtime: new Date(0) })
 * @throws {TypeError} for a path that is absolute, leaves the archive or stands there twice.
 */
export const tarOf = (entries: readonly TarEntry[], options: TarOptions): Uint8Array =>
  Buffer.concat([...tarChunks(entries, options)]);

/** {@link tarOf} in pieces; the content of a file is a piece of its own, given on and never copied. */
export function* tarChunks(entries: readonly TarEntry[], { mtime }: TarOptions): Generator<Uint8Array> {
  const time = new Date(Math.floor(mtime.getTime() / 1000) * 1000);
  for (const entry of ordered(entries)) {
    yield headerOf(entry, time);
    if (!("content" in entry)) continue;
    yield entry.content;
    const rest = entry.content.byteLength % block;
    if (rest > 0) yield new Uint8Array(block - rest);
  }
  yield new Uint8Array(2 * block);
}

function ordered(entries: readonly TarEntry[]): TarEntry[] {
  const byPath = new Map<string, TarEntry>();
  for (const entry of entries) {
    const path = checkedPath(entry.path);
    if (byPath.has(path)) throw new TypeError(`tar: ${path} is there twice`);
    byPath.set(path, { ...entry, path });
  }
  for (const path of [...byPath.keys()]) {
    for (let end = path.indexOf("/"); end > 0; end = path.indexOf("/", end + 1)) {
      const parent = path.slice(0, end);
      const present = byPath.get(parent);
      if (present === undefined) byPath.set(parent, { path: parent, directory: true });
      else if (!("directory" in present)) throw new TypeError(`tar: ${parent} is a file and a directory`);
    }
  }
  const sorted = [...byPath.values()].map((entry) =>
    "directory" in entry ? { ...entry, path: `${entry.path}/` } : entry,
  );
  return sorted.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

function checkedPath(path: string): string {
  const clean = path.endsWith("/") ? path.slice(0, -1) : path;
  const parts = clean.split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..") || clean.includes("\0"))
    throw new TypeError(`tar: ${JSON.stringify(path)} is not a relative path`);
  return clean;
}

function headerOf(entry: TarEntry, mtime: Date): Uint8Array {
  const fields = { path: entry.path, uid: 0, gid: 0, mtime, ...typed(entry) };
  const header = new Header(fields);
  header.encode();
  const ustar = header.block ?? new Uint8Array(block);
  return header.needPax ? Buffer.concat([new Pax(paxFields(fields)).encode(), ustar]) : ustar;
}

type Fields = { path: string; linkpath?: string; size: number; mtime: Date };

// Only what ustar may not hold: times and owners stand in the plain header already.
const paxFields = ({ path, linkpath, size }: Fields) =>
  linkpath === undefined ? { path, size } : { path, linkpath, size };

function typed(entry: TarEntry) {
  if ("content" in entry)
    return { type: "File", size: entry.content.byteLength, mode: entry.mode ?? 0o644 } as const;
  if ("link" in entry) return { type: "SymbolicLink", size: 0, mode: 0o777, linkpath: entry.link } as const;
  return { type: "Directory", size: 0, mode: entry.mode ?? 0o755 } as const;
}
