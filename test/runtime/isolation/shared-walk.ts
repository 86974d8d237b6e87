/**
 * Settings of Node that have to stay: they change warnings, and how rejections of listeners are told. Nothing keeps what is
 * written to `stackTraceLimit`.
 */
const excepted = new Set([
  ...["captureRejections", "defaultMaxListeners", "defaultOptions", "fips"],
  "stackTraceLimit",
]);

/** Whether nothing can be changed of it but flags, which Node keeps writable on prototypes of emitters. */
const isClosed = (value: object): boolean =>
  !Object.isExtensible(value) &&
  Reflect.ownKeys(value).every((key) => {
    const property = Reflect.getOwnPropertyDescriptor(value, key);
    return (
      property?.configurable === false &&
      (property.set === undefined ||
        Object.hasOwn(value, "constructor") ||
        typeof key === "symbol" ||
        excepted.has(key)) &&
      (property.writable !== true || typeof property.value === "boolean")
    );
  });

const isPrototype = (value: object): boolean =>
  Reflect.getOwnPropertyDescriptor(value, "constructor")?.value?.prototype === value;

/** What holds state that no freezing keeps from being changed. */
const isStore = (value: object): boolean =>
  !isPrototype(value) &&
  (value instanceof Map ||
    value instanceof Set ||
    value instanceof WeakMap ||
    value instanceof WeakSet ||
    value instanceof ArrayBuffer ||
    value instanceof Date);

/** All that is reachable from some values and can be changed, with a way to it. */
export function changeable(roots: Readonly<Record<string, unknown>>): {
  found: Map<object, string>;
  count: number;
} {
  const found = new Map<object, string>();
  const seen = new Set<object>();
  const left: (readonly [unknown, string])[] = Object.entries(roots).map(([name, value]) => [value, name]);
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [value, path] = next;
    if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value))
      continue;
    seen.add(value);
    if (!isClosed(value) || isStore(value)) found.set(value, path);
    left.push([Object.getPrototypeOf(value), `${path}.__proto__`]);
    for (const key of Reflect.ownKeys(value)) {
      const property = Reflect.getOwnPropertyDescriptor(value, key);
      const place = `${path}.${String(key)}`;
      left.push([property?.value, place], [property?.get, `${place}.get`], [property?.set, `${place}.set`]);
      if (property?.get !== undefined) left.push([got(value, key), `${place}()`]);
    }
    if (value instanceof Map)
      for (const [key, member] of value) left.push([key, `${path}[]`], [member, `${path}[]`]);
    if (value instanceof Set) for (const member of value) left.push([member, `${path}[]`]);
  }
  return { found, count: seen.size };
}

function got(value: object, key: string | symbol): unknown {
  try {
    const one: unknown = Reflect.get(value, key);
    if (one instanceof Promise) one.catch(() => undefined);
    return one;
  } catch {
    return undefined;
  }
}
