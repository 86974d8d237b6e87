import { type ExitCode, exitCodes } from "./error.ts";

/** The signals that tell `stk` to stop. */
export const stopSignals = ["SIGINT", "SIGTERM"] as const;

/** Why a command was told to stop: the reason of its signal. */
export class Stopped extends Error {
  override readonly name: (typeof stopSignals)[number];

  constructor(name: (typeof stopSignals)[number]) {
    super(`Stopped by ${name}.`);
    this.name = name;
  }
}

/** The exit code of a command that was told to stop, as a shell gives it: 128 and the signal's number. */
export const stoppedBy = ({ reason }: AbortSignal): ExitCode =>
  reason instanceof Stopped && reason.name === "SIGTERM" ? exitCodes.terminated : exitCodes.interrupted;
