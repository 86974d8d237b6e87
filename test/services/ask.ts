import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Where `test/services/setup.ts` listens. */
    services: string;
  }
}

/** Asks the process that owns this run's services, which starts what was not started yet. */
export async function askService(path: string, body?: string): Promise<string> {
  const response = await fetch(new URL(path, inject("services")), {
    ...(body === undefined ? {} : { method: "POST", body }),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}
