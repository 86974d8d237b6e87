import { defineConfig } from "vitest/config";
import short from "../vitest.config.ts";

/** The tests that `npm run mutate` runs against each mutant: those of the parts that are mutated. */
export default defineConfig({
  test: { ...short.test, include: ["test/runtime/**/*.test.ts", "test/oci/**/*.test.ts"] },
});
