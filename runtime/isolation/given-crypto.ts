import process from "node:process";

type Work = (...given: unknown[]) => unknown;

/**
 * `node:crypto` whose callbacks are called on nothing: Node calls them on the native job that did the work, and what such
 * a job inherits is shared with those that check the tokens of callers.
 */
export function givenCrypto(): Readonly<Record<string, unknown>> {
  const crypto: object = process.getBuiltinModule("node:crypto");
  return Object.fromEntries(
    Object.getOwnPropertyNames(crypto).map((name) => {
      const value: unknown = Reflect.get(crypto, name);
      return [name, isWork(name, value) ? onNothing(value) : value];
    }),
  );
}

/** Classes are told by their names; they take no callbacks. */
const isWork = (name: string, value: unknown): value is Work =>
  typeof value === "function" && /^[a-z]/.test(name);

/** Node takes a callback from where it expects one, whatever stands behind. */
const calledOnNothing = (value: unknown): unknown =>
  typeof value === "function"
    ? (...results: unknown[]): unknown => Reflect.apply(value, undefined, results)
    : value;

function onNothing(work: Work): Work {
  const given: Work = (...values) => work(...values.map(calledOnNothing));
  const { prototype: _, ...kept } = Object.getOwnPropertyDescriptors(work);
  return Object.defineProperties(given, kept);
}
