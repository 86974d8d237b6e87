import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The directory of what this run's tests write. It is gone after the run. */
    temporary: string;
  }
}

/** An empty directory that is gone after the run. */
export const temporaryDirectory = (): string => mkdtempSync(join(inject("temporary"), "test-"));
