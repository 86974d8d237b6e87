import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { digestOf } from "../../src/core/digest.ts";
import { type TarEntry, tarOf } from "../../src/core/tar.ts";
import { temporaryDirectory } from "../services/temporary.ts";

const mtime = new Date("2026-11-21T02:00:00Z");
const text = (value: string) => new TextEncoder().encode(value);

/** What GNU tar makes of an archive. */
function unpack(archive: Uint8Array): string {
  const directory = temporaryDirectory();
  execFileSync("tar", ["-xpf", "-", "-C", directory], { input: archive });
  return directory;
}

function randomEntries(seed: number): TarEntry[] {
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  const words = ["a", "a-b", "B", "ü", "日本", "x".repeat(60), "y".repeat(120), "z z"];
  const paths = new Set<string>();
  for (let index = 0; index < 12; index++) {
    const depth = 1 + random(4);
    const parts = Array.from({ length: depth }, () => `${words[random(words.length)]}.d`);
    paths.add([...parts, `file${index}`].join("/"));
  }
  return [...paths].map((path) => ({ path, content: text("c".repeat(random(1_500))) }));
}

describe("tarOf", () => {
  test("does not depend on the order of the entries, and GNU tar unpacks the same files", () => {
    for (let seed = 1; seed <= 25; seed++) {
      const entries = randomEntries(seed);
      const archive = tarOf(entries, { mtime });
      expect(digestOf(tarOf([...entries].reverse(), { mtime }))).toBe(digestOf(archive));
      const root = unpack(archive);
      const found = readdirSync(root, { recursive: true, withFileTypes: true }).filter((file) =>
        file.isFile(),
      );
      expect(found.length).toBe(entries.length);
      for (const entry of entries) {
        if ("content" in entry)
          expect(readFileSync(join(root, entry.path))).toEqual(Buffer.from(entry.content));
      }
    }
  });

  test("has these bytes, on every machine", () => {
    const entries: TarEntry[] = [
      { path: "santokit/manifest.json", content: text("{}") },
      { path: "tmp", directory: true, mode: 0o1777 },
      { path: "lib64", link: "usr/lib64" },
      { path: `${"long".repeat(40)}/ü`, content: text("pax") },
    ];
    expect(digestOf(tarOf(entries, { mtime }))).toMatchInlineSnapshot(
      `"sha256:e8f232d97cb933394a5c208df57f7b90a4b4e1a9cc285baedfdf7d726aa7dbdc"`,
    );
  });

  test("keeps modes, links and the time, with owner 0:0", () => {
    const root = unpack(
      tarOf(
        [
          { path: "bin/run", content: text("#!"), mode: 0o755 },
          { path: "tmp", directory: true, mode: 0o1777 },
          { path: "link", link: "bin/run" },
        ],
        { mtime },
      ),
    );
    expect(statSync(join(root, "bin/run")).mode & 0o7777).toBe(0o755);
    expect(statSync(join(root, "bin")).mode & 0o7777).toBe(0o755);
    expect(statSync(join(root, "tmp")).mode & 0o7777).toBe(0o1777);
    expect(statSync(join(root, "bin/run")).mtime).toEqual(mtime);
    expect(readlinkSync(join(root, "link"))).toBe("bin/run");
  });

  test.each(["/etc/passwd", "../up", "a/../b", "a//b", "", "./a", "a\0b"])("refuses the path %j", (path) => {
    expect(() => tarOf([{ path, content: text("") }], { mtime })).toThrow(TypeError);
  });

  test("refuses a path that stands there twice, or as a file and a directory", () => {
    const file = { path: "a", content: text("") };
    expect(() => tarOf([file, file], { mtime })).toThrow("a is there twice");
    expect(() => tarOf([file, { path: "a/b", content: text("") }], { mtime })).toThrow(
      "a file and a directory",
    );
  });
});
