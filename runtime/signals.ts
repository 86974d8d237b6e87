import process from "node:process";

/** The signals that ask the process to end. */
export type EndSignal = "SIGTERM" | "SIGINT";

let take: (signal: EndSignal) => void = () => process.exit(0);

// At once when this is loaded, before anything else is: as PID 1 a process without a handler ignores the signal.
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => take(signal));

/** Says what happens at a signal from now on; before the first time, the process ends with 0. */
export const onEndSignal = (listener: (signal: EndSignal) => void): void => {
  take = listener;
};
