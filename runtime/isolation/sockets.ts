import process from "node:process";

/** What stands for a timer where Node looks for it: it can be started anew and cleared, and leads to no other one. */
class HiddenTimer {
  readonly #timer: NodeJS.Timeout;
  readonly #end: (timer: NodeJS.Timeout) => void;

  constructor(timer: NodeJS.Timeout, end: (timer: NodeJS.Timeout) => void) {
    this.#timer = timer;
    this.#end = end;
  }

  refresh(): this {
    this.#timer.refresh();
    return this;
  }

  // Node clears a timer by setting this.
  get _onTimeout(): boolean {
    return true;
  }

  set _onTimeout(_: unknown) {
    this.#end(this.#timer);
  }
}

const isTimer = (value: unknown): value is NodeJS.Timeout =>
  typeof value === "object" && value !== null && "_idleNext" in value && "refresh" in value;

/**
 * Hides the timer of each socket. Timers of one duration are linked, so that the socket of a module's own request would
 * lead to the sockets of all others.
 */
export function hideSocketTimers(): void {
  const { Socket } = process.getBuiltinModule("node:net");
  const end = clearTimeout;
  const key = Object.getOwnPropertySymbols(new Socket()).find(({ description }) => description === "timeout");
  if (key === undefined) throw new Error("This version of Node keeps the timers of sockets elsewhere.");
  const timers = new WeakMap<object, unknown>();
  Object.defineProperty(Socket.prototype, key, {
    get(this: object) {
      return timers.get(this);
    },
    set(this: object, timer: unknown) {
      timers.set(this, isTimer(timer) ? new HiddenTimer(timer, end) : timer);
    },
  });
}
