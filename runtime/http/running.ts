/** A call that is being made. */
export type RunningCall = {
  readonly controller: AbortController;
  /** When its time is over, on the clock of `performance.now`. */
  deadline: number;
  /** Whether nobody waits for its answer any more. */
  isGone(): boolean;
  /** Whether it may be ended when its client is gone: it only reads. */
  reads: boolean;
  /** Whether it may have changed a database, so that it is worth a moment to learn whether it did. */
  isUncertain(): boolean;
  /** Answers it as timed out, or nobody where the client is gone. */
  end(why: "late" | "gone"): void;
};

type Watch = { readonly left: Set<RunningCall>; readonly done: () => void };

const sweepMs = 50;
/** How long a call whose time is over may wait for the database to say what became of its write. */
const uncertainMs = 1_000;

/** The calls that are being made. One timer looks after all: a timer or a listener for each costs more than most calls. */
export class RunningCalls {
  readonly #running = new Set<RunningCall>();
  readonly #watches = new Set<Watch>();
  readonly #timer = setInterval(() => this.#sweep(performance.now()), sweepMs).unref();

  get size(): number {
    return this.#running.size;
  }

  add(call: RunningCall): void {
    this.#running.add(call);
  }

  delete(call: RunningCall): void {
    this.#running.delete(call);
    for (const watch of this.#watches) {
      watch.left.delete(call);
      if (watch.left.size > 0) continue;
      this.#watches.delete(watch);
      watch.done();
    }
  }

  /** Waits for the calls that run now. */
  async ended(): Promise<void> {
    if (this.#running.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#watches.add({ left: new Set(this.#running), done: resolve });
    await promise;
  }

  /** Waits for the calls that run now, at most so many milliseconds, and ends all that still do. */
  async drain(withinMs: number): Promise<void> {
    const timer = setTimeout(() => {
      for (const call of this.#running) call.deadline = Math.min(call.deadline, performance.now());
      this.#sweep(performance.now());
    }, withinMs);
    await this.ended();
    clearTimeout(timer);
    clearInterval(this.#timer);
    this.#sweep(Number.POSITIVE_INFINITY);
  }

  #sweep(now: number): void {
    for (const call of this.#running) {
      if (now >= call.deadline) this.#expire(call, now);
      else if (call.reads && call.isGone()) this.#end(call, "gone");
    }
  }

  #expire(call: RunningCall, now: number): void {
    if (!call.controller.signal.aborted) call.controller.abort();
    if (now >= call.deadline + uncertainMs || !call.isUncertain()) this.#end(call, "late");
  }

  #end(call: RunningCall, why: "late" | "gone"): void {
    if (!call.controller.signal.aborted) call.controller.abort();
    call.end(why);
    this.delete(call); // it may never return, and holds no place from here on
  }
}
