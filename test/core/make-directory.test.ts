import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeDirectory } from "../../src/core/make-directory.ts";
import { temporaryDirectory } from "../services/temporary.ts";

it("makes a directory and those above it, in the mode that is asked for, and leaves one that is there", () => {
  const root = temporaryDirectory();
  for (const _ of [1, 2]) makeDirectory(join(root, "a/b/c"), 0o700);
  for (const path of ["a", "a/b", "a/b/c"]) expect(statSync(join(root, path)).mode & 0o777).toBe(0o700);
});

it("says that a file stands where a directory should", () => {
  const root = temporaryDirectory();
  writeFileSync(join(root, "a"), "");
  for (const path of ["a", "a/b"]) expect(() => makeDirectory(join(root, path))).toThrow(/EEXIST|ENOTDIR/);
});

it("ends where the file system has no place for one", () => {
  for (const path of ["/proc/x", "/proc/x/y"])
    expect(() => makeDirectory(path)).toThrow(
      expect.objectContaining({ code: "system_error", hint: "Name another place." }),
    );
});
