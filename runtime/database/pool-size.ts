import { z } from "zod";
import { bridgeEnvironment } from "../../config/environment.ts";
import { StkError } from "../../src/core/error.ts";

const variable = bridgeEnvironment.pick({ STK_POOL: true });

/**
 * How many connections a pool may hold: what the project declares, unless the environment allows fewer.
 *
 * @throws {StkError} `invalid_variable`
 */
export function poolSize(
  declared: number,
  environment: Readonly<Record<string, string | undefined>>,
): number {
  const parsed = variable.safeParse(environment);
  if (!parsed.success) throw new StkError("invalid_variable", z.prettifyError(parsed.error));
  return Math.min(declared, parsed.data.STK_POOL ?? declared);
}
