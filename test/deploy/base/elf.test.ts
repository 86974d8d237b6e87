import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { hostMachine } from "../../../src/deploy/base/built-in.ts";
import { readElf } from "../../../src/deploy/base/elf.ts";
import { librariesOf } from "../../../src/deploy/base/libraries.ts";
import { nodeBinary } from "../../../src/deploy/base/node-binary.ts";
import { temporaryDirectory } from "../../services/temporary.ts";

const node = nodeBinary(hostMachine());

describe("librariesOf", () => {
  test("finds exactly what the loader maps when the pinned Node runs", () => {
    const script = "process.stdout.write(JSON.stringify(process.report.getReport().sharedObjects))";
    const mapped: string[] = JSON.parse(execFileSync(node.path, ["-e", script], { encoding: "utf8" }));
    const names = mapped
      .map((path) => basename(path))
      .filter((name) => name.includes(".so") && !name.includes("vdso"));
    const found = librariesOf(node.elf).map(({ target }) => basename(target));
    expect(found.filter((name) => !name.startsWith("libnss_")).sort()).toEqual(names.sort());
  });

  test("puts the loader where the program asks for it", () => {
    expect(librariesOf(node.elf).map(({ target }) => target)).toContain(node.elf.interpreter);
  });

  test("says what is missing", () => {
    const program = { ...node.elf, needed: ["libnowhere.so.9"] };
    expect(() => librariesOf(program)).toThrow("The built-in base needs libnowhere.so.9");
  });
});

describe("nodeBinary", () => {
  test("is the Node of package.json, whatever runs stk", () => {
    expect(execFileSync(node.path, ["--version"], { encoding: "utf8" }).trim()).toBe(`v${node.version}`);
  });
});

describe("readElf", () => {
  const directory = temporaryDirectory();
  const read = (content: Uint8Array) => {
    const path = join(directory, "file");
    writeFileSync(path, content);
    return readElf(path);
  };
  const [loader] = librariesOf(node.elf);
  const library = readFileSync(loader?.source ?? "");

  test("sees that other files are none", () => {
    expect(readElf("/etc/passwd")).toBeUndefined();
    expect(read(Buffer.alloc(0))).toBeUndefined();
    expect(read(Buffer.from("#!/bin/sh\n"))).toBeUndefined();
    expect(read(Buffer.from(library).fill(1, 4, 5))).toBeUndefined();
  });

  test("ends for damaged headers", () => {
    for (let position = 4; position < 600; position++) {
      const damaged = Buffer.from(library);
      damaged[position] = 0xff;
      expect(() => read(damaged)).not.toThrow();
      expect(() => read(library.subarray(0, position))).not.toThrow();
    }
  });
});
