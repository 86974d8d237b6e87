import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { seal } from "../../src/core/seal.ts";
import { temporaryDirectory } from "../services/temporary.ts";

test("a seal is of the text and of a key that its owner alone can read", () => {
  const env = { XDG_CACHE_HOME: temporaryDirectory() };
  const file = join(env.XDG_CACHE_HOME, "santokit", "key");
  expect(seal("a", env)).toMatch(/^[0-9a-f]{64}$/);
  expect(seal("a", env)).toBe(seal("a", env));
  expect(seal("a", env)).not.toBe(seal("b", env));
  expect(seal("a", env)).not.toBe(seal("a", { XDG_CACHE_HOME: temporaryDirectory() }));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).toMatch(/^[0-9a-f]{64}$/);
});

test("a key that cannot be kept, is as good for one process", () => {
  const blocked = { XDG_CACHE_HOME: join(temporaryDirectory(), "file") };
  writeFileSync(blocked.XDG_CACHE_HOME, "");
  chmodSync(blocked.XDG_CACHE_HOME, 0o400);
  expect(seal("a", blocked)).toBe(seal("a", blocked));
  expect(seal("a", blocked)).not.toBe(seal("b", blocked));
});
