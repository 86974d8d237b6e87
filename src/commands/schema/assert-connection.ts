import { exitCodes, StkError } from "../../core/error.ts";
import { suggest } from "../../core/suggest.ts";

/**
 * The connections that are meant: the one that was asked for, or all.
 *
 * @throws {StkError} `unknown_connection`
 */
export function assertConnection(
  declared: Readonly<Record<string, unknown>>,
  asked: string | undefined,
): string[] {
  const names = Object.keys(declared);
  if (asked === undefined) return names;
  if (names.includes(asked)) return [asked];
  throw new StkError("unknown_connection", `There is no connection ${asked} in config/connections.yaml.`, {
    hint: suggest(asked, names) ?? `There are: ${names.join(", ")}.`,
    exitCode: exitCodes.usage,
  });
}
