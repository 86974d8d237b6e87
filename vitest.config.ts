import { globSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";

const include = ["test/**/*.test.ts"];

/** `--mode unit` leaves out the files that ask for a service, which is told by what they import. */
const needServices = (): string[] =>
  globSync(include).filter((file) =>
    /from "(?:\.\.?\/)+(?:services\/)?(?:postgres|registry|needs)\.ts"/.test(readFileSync(file, "utf8")),
  );

export default defineConfig(({ mode }) => ({
  test: {
    include,
    exclude: [...configDefaults.exclude, ...(mode === "unit" ? needServices() : [])],
    globalSetup: "test/services/setup.ts",
    // vitest leaves one core free, which on two is half of them.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
}));
