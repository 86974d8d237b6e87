import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";

const names = z.record(z.string(), z.string()).default({});
const lockFile = z.object({
  packages: z.record(z.string(), z.object({ dependencies: names, optionalDependencies: names })),
});

// npm ci refuses a lock file without the packages of other platforms, and npm install leaves out what it cannot find.
it("locks the packages of every platform", () => {
  const file = path.resolve(import.meta.dirname, "../../package-lock.json");
  const { packages } = lockFile.parse(JSON.parse(readFileSync(file, "utf8")));
  const locked = new Set(Object.keys(packages).map((place) => place.replace(/^.*node_modules\//, "")));
  const named = Object.values(packages).flatMap((each) =>
    Object.keys({ ...each.dependencies, ...each.optionalDependencies }),
  );
  expect(named.length).toBeGreaterThan(200);
  expect(named.filter((name) => !locked.has(name))).toEqual([]);
});
