/**
 * Lets each module have a global object of its own, to which it may write as packages do: what `globalThis` is in its code
 * (src/compile/module.ts). What it writes there is seen by it alone.
 */
export function offerGlobals(): void {
  Object.defineProperty(globalThis, Symbol.for("santokit.global"), { value: ownGlobal });
}

function ownGlobal(): object {
  const own: object = Object.create(globalThis);
  for (const key of Reflect.ownKeys(globalThis)) {
    const { get, value, enumerable = false } = Reflect.getOwnPropertyDescriptor(globalThis, key) ?? {};
    const define = (property: PropertyDescriptor): void => {
      Object.defineProperty(own, key, { ...property, enumerable, configurable: true });
    };
    const write = (next: unknown): void => define({ value: next, writable: true });
    if (value === globalThis) write(own);
    else if (get === undefined) write(value);
    else define({ get: () => Reflect.apply(get, globalThis, []), set: write });
  }
  return own;
}
