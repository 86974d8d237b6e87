/** A call that is being made. */
export type RunningCall = {
  readonly controller: AbortController;
  /** When its time is over, on the clock of `performance.now`. */
  readonly deadline: number;
  /** Answers it as timed out. */
  expire(): void;
};

const sweepMs = 50;

/** The calls that are being made. One timer looks after the time of all: a timer for each costs more than most calls. */
export class RunningCalls {
  readonly #running = new Set<RunningCall>();
  readonly #timer = setInterval(() => this.#sweep(performance.now()), sweepMs).unref();
  #idle: (() => void) | undefined;

  get size(): number {
    return this.#running.size;
  }

  add(call: RunningCall): void {
    this.#running.add(call);
  }

  delete(call: RunningCall): void {
    this.#running.delete(call);
    if (this.#running.size === 0) this.#idle?.();
  }

  /** Waits until no call runs, at most so many milliseconds, and ends those that still do. */
  async drain(withinMs: number): Promise<void> {
    if (this.#running.size > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#idle = resolve;
      const timer = setTimeout(resolve, withinMs);
      await promise;
      clearTimeout(timer);
    }
    this.#sweep(Number.POSITIVE_INFINITY);
    clearInterval(this.#timer);
  }

  #sweep(now: number): void {
    for (const call of this.#running) {
      if (now < call.deadline) continue;
      call.controller.abort();
      call.expire();
    }
  }
}
