import { afterAll } from "vitest";
import { openShadow, type Shadow } from "../../src/database/shadow/shadow.ts";

let shared: Promise<Shadow> | undefined;
afterAll(async () => (await shared)?.close());

/** One embedded Postgres for all tests of a file. */
export async function sharedShadow(): Promise<Shadow> {
  shared ??= openShadow();
  const { rehearse, model, read, stage } = await shared;
  return { rehearse, model, read, stage, close: async () => undefined };
}
