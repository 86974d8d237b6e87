const natives = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError];

/**
 * Gives modules an `Error` whose `stackTraceLimit` they may set as packages do when they are loaded (`depd`, and so
 * express), to no effect. V8 reads the limit of its own `Error`, which nothing leads to any more.
 */
export function offerError(): void {
  const own = Error;
  function shared(this: unknown, ...given: unknown[]): unknown {
    return new.target === undefined
      ? Reflect.apply(own, this, given)
      : Reflect.construct(own, given, new.target);
  }
  const { prototype, stackTraceLimit, ...rest } = Object.getOwnPropertyDescriptors(own);
  Object.defineProperties(shared, { ...rest, prototype: { value: own.prototype, writable: false } });
  Object.defineProperty(shared, "stackTraceLimit", {
    get: () => stackTraceLimit?.value,
    set: () => undefined,
    enumerable: true,
    configurable: false,
  });
  Object.defineProperty(own.prototype, "constructor", { value: shared });
  for (const native of natives) Object.setPrototypeOf(native, shared);
  Object.defineProperty(globalThis, "Error", { value: shared });
}
