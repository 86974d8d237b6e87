import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/services/setup.ts",
    pool: "threads",
    // A worker keeps what it has loaded and compiled, of which an embedded Postgres is the most.
    isolate: false,
    // vitest leaves one core free, which on two is half of them.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
