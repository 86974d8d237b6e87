import { describeError } from "../describe-error.ts";
import type { Log } from "../log.ts";
import { logicScope } from "../logic-scope.ts";
import { ownError } from "./own-error.ts";

/**
 * Takes what a module threw in a timer or an event handler, or the rejection of a promise that it does not wait for: its
 * call is answered `internal` where it is still open, and the others go on.
 *
 * @returns false where it is no module's: then the Bridge itself is broken.
 */
export function takeStrayError(thrown: unknown, log: Log): boolean {
  const scope = logicScope();
  if (scope === undefined) return false;
  const error = ownError(thrown);
  const { path, requestId, sources } = scope;
  log.error(
    { requestId, path, error: describeError(error, sources) },
    "Logic threw where nobody catches it, or left a rejected promise.",
  );
  scope.fail(error);
  return true;
}
