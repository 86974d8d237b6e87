import { bridgeLimits } from "../../config/bridge.ts";
import { isCancelled, isLostStatement, isOrderlyEnd, isSessionFailure, isStaleFunction } from "./failure.ts";
import { type Pending, timedOut, unreachable } from "./pending.ts";
import type { Session } from "./session.ts";

const { waitMs } = bridgeLimits.pool;

/**
 * Gives a statement that failed the answer that is true of it; says whether it is to be sent again instead: to any
 * session, or to one that is opened from now on.
 */
export function settleFailure(
  session: Session,
  pending: Pending,
  error: Error,
): "settled" | "repeat" | "repeat_afresh" {
  const { part, signal, statement } = pending.sending;
  const isWhole = part === "whole";
  const isAborted = signal?.aborted === true;
  const mayRepeat = isWhole && !isAborted && !pending.repeated;
  if (isSessionFailure(error)) {
    const isRolledBack = isWhole && !pending.completed && (session.ended || isOrderlyEnd(error));
    if (isAborted && !pending.writes) pending.reject(timedOut(error));
    else if (mayRepeat && statement.readOnly === true) return "repeat_afresh";
    else if (pending.writes && !isRolledBack) pending.rejectUnknown(error);
    else pending.reject("code" in error && error.code === "25P04" ? error : unreachable(error));
    return "settled";
  }
  // A cancel request hits what runs when it arrives, which may be the statement after the one that was meant.
  const isMistaken = isCancelled(error) && performance.now() - session.cancelledAt < waitMs;
  if (mayRepeat && isStaleFunction(error)) return "repeat_afresh";
  if (mayRepeat && (isMistaken || isLostStatement(error))) return "repeat";
  pending.reject(isAborted && isCancelled(error) ? timedOut(error) : error);
  return "settled";
}
