import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/services/setup.ts",
    pool: "threads",
    // A worker keeps what it has loaded and compiled, of which an embedded Postgres is the most.
    isolate: false,
    // One more than there are cores, since each waits for servers and for other processes a quarter of its time.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
