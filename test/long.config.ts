import { defineConfig } from "vitest/config";
import short from "../vitest.config.ts";

/** Soaks, rolling replacements and large fuzz: `npm run test:long`, by hand before a release. */
export default defineConfig({
  test: { ...short.test, include: ["test/**/*.long.ts"], testTimeout: 600_000, maxWorkers: 1 },
});
