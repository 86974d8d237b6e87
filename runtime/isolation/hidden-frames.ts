import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";

/** What Node keeps of an asynchronous context: the values of every AsyncLocalStorage, those of the Bridge among them. */
type Frames = { current(): unknown; set(frame: unknown): void };

/**
 * Hides the context of each resource that Node makes: a request that waits for a socket holds one, and an emitter that is
 * a resource. Whoever has the resource would read what the Bridge keeps for the call, and for others.
 */
export function hideFrames(): void {
  const sample = new AsyncLocalStorage().run(1, () => new AsyncResource("sample"));
  const key = Object.getOwnPropertySymbols(sample).find(({ description }) => description === "context_frame");
  const frame: unknown = key && Reflect.get(sample, key);
  if (key === undefined || frame === undefined) return; // Node 22 keeps each value on the resources themselves
  const frames = framesOf(frame);
  const kept = new WeakMap<object, unknown>();
  Object.defineProperty(AsyncResource.prototype, key, {
    get: () => undefined,
    set(this: object, frame: unknown) {
      kept.set(this, frame);
    },
  });
  AsyncResource.prototype.runInAsyncScope = function (work, self, ...given) {
    const before = frames.current();
    frames.set(kept.get(this));
    try {
      return Reflect.apply(work, self, given);
    } finally {
      frames.set(before);
    }
  };
}

function framesOf(frame: unknown): Frames {
  const { constructor: frames }: { constructor?: unknown } = Object(frame);
  if (isFrames(frames)) return frames;
  throw new Error("This version of Node keeps the contexts of asynchronous work elsewhere.");
}

const isFrames = (value: unknown): value is Frames =>
  typeof value === "function" && "current" in value && "set" in value;
