import { defineConfig } from "vitest/config";
import short from "../vitest.config.ts";

/**
 * Soaks, kills, rolling replacements, large fuzz, and every change of a schema on each version of Postgres:
 * `npm run test:long`, by hand before a release.
 */
export default defineConfig({
  test: {
    ...short.test,
    include: [
      ...["test/**/*.long.ts", "test/**/*.property.test.ts", "test/acceptance/**/*.test.ts"],
      "test/database/{any-declaration,convergence,old-servers,online}.test.ts",
    ],
    env: { LONG_RUN: "true" },
    testTimeout: 600_000,
    maxWorkers: 1,
  },
});
