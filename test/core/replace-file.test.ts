import { execFileSync } from "node:child_process";
import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writePlanFile } from "../../src/commands/schema/plan-file.ts";
import { writeWhole } from "../../src/oci/layout-files.ts";
import { writeFiles } from "../../src/snapshot/write-files.ts";
import { temporaryDirectory } from "../services/temporary.ts";

const ways = [
  ["a plan", async (file: string) => writePlanFile(file, [])],
  ["a file of a snapshot", async (file: string) => writeFiles("", new Map([[file, "tables: {}\n"]]))],
  ["an image's archive", (file: string) => writeWhole(file, [Buffer.from("tar")])],
] as const;

test.each(ways)("%s is written to a pipe, which stays one", async (_, write) => {
  const directory = temporaryDirectory();
  const pipe = join(directory, "pipe");
  execFileSync("mkfifo", [pipe]);
  const read = readFile(pipe, "utf8");
  // A reader opens first; else who writes waits for one on this thread.
  await new Promise((resolve) => setTimeout(resolve, 100));
  await write(pipe);
  expect(await read).not.toBe("");
  expect(lstatSync(pipe).isFIFO()).toBe(true);
  expect(readdirSync(directory)).toEqual(["pipe"]);
});

test.each(ways)("%s is written behind symbolic links, which stay", async (_, write) => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "file"), "");
  symlinkSync("file", join(directory, "good"));
  symlinkSync("new", join(directory, "dangling"));
  symlinkSync("dangling", join(directory, "twice"));
  for (const name of ["good", "twice"]) await write(join(directory, name));
  expect(readdirSync(directory).sort()).toEqual(["dangling", "file", "good", "new", "twice"]);
  for (const name of ["good", "dangling", "twice"])
    expect(lstatSync(join(directory, name)).isSymbolicLink()).toBe(true);
  for (const name of ["file", "new"]) expect(readFileSync(join(directory, name), "utf8")).not.toBe("");
});
