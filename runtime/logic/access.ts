import type { Logic } from "../../schema/manifest.ts";
import type { Caller } from "../caller.ts";
import { CallError } from "../error.ts";

/** The answer for a path that is no call, or none that a client may know of. */
export const unknownCall = (): CallError => new CallError("not_found", "There is no such call.");

/**
 * Lets a caller through to logic, or not. `fromLogic` is whether other logic calls, which private logic asks for.
 *
 * @throws {CallError} `not_found`, `unauthenticated`, `forbidden`.
 */
export function assertAccess(access: Logic["access"], caller: Caller, fromLogic: boolean): void {
  if (access === "public") return;
  if (access === "private") {
    if (!fromLogic) throw unknownCall();
    return;
  }
  if (!caller.authenticated) throw new CallError("unauthenticated", "This call needs a token.");
  if (access === "authenticated") return;
  if (!access.some((role) => caller.roles.includes(role)))
    throw new CallError("forbidden", "None of your roles may do this.");
}
