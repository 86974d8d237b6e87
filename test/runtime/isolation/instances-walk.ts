type Callable = (...given: unknown[]) => unknown;

/** Functions that make something, by name; of others many wait, write, or leave something behind. */
const making =
  /^(?:[A-Z]\w+|(?:create|generate|diffieHellman|from|get)[A-Z]\w+|from|of|on|any|timeout|abort|all|withResolvers)$/;
const untried =
  /^(?:Function|SharedArrayBuffer|WebSocket|ZipFile|createServer|createHook|fromAsync|getRandomValues|getBuiltinModule|generatePrime(?:Sync)?)$/;

/** Methods that give something. Others may end the process where they are not given what they expect. */
const giving =
  /^(?:entries|keys|values|matchAll|segment|containing|clone|tee|iterator|next|stream|text|formData|blob|map|filter|take|drop|flatMap|compose|getReader|getWriter|toSorted|toCryptoKey|export|resolvedOptions|formatToParts)$/;

/** What classes and functions may want to be given, each time anew. */
const tries: readonly (() => unknown[])[] = [
  () => [],
  () => ["a"],
  () => [16],
  () => [() => undefined],
  () => [{}],
  () => [[]],
  () => ["a", "b"],
  () => [Buffer.alloc(16)],
  () => ["sha1", "a"],
  () => ["aes-128-cbc", Buffer.alloc(16), Buffer.alloc(16)],
  () => ["modp14"],
  () => ["prime256v1"],
  () => ["ed25519"],
  () => ["gzip"],
  () => ["http://127.0.0.1:1/?a=b"],
  () => ["en"],
  () => ["en", { type: "language" }],
  () => [["a"], "b"],
  () => [[AbortSignal.abort()]],
  () => [new ReadableStream()],
  () => [new WritableStream()],
  () => [new EventTarget(), "a"],
  () => [new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])],
  () => [new ArrayBuffer(16)],
  () => [{ element: "i32", initial: 1 }],
  () => [{ value: "i32" }, 0],
  () => [{ parameters: [] }],
  () => [{ initial: 1 }],
  () => [{}, {}],
  () => [{ name: "HMAC", hash: "SHA-1" }, true, ["sign", "verify"]],
  () => [{ name: "Ed25519" }, true, ["sign", "verify"]],
  () => [new Date(0)],
  () => [{}, "a"],
  () => [16, 16, 16],
];

const isObject = (value: unknown): value is object =>
  typeof value === "function" || (typeof value === "object" && value !== null);

const prototypeOf = (value: unknown): object | undefined => {
  if (typeof value !== "function") return undefined;
  const prototype: unknown = Reflect.getOwnPropertyDescriptor(value, "prototype")?.value;
  return isObject(prototype) && Object.hasOwn(prototype, "constructor") ? prototype : undefined;
};

const nameOf = (key: string | symbol): string => (typeof key === "symbol" ? (key.description ?? "") : key);

/**
 * One of each kind of value that can be had: of every class and function that is reachable from `roots`, and of what
 * the getters and iterators of such values, and of those in `own`, give in turn.
 */
export async function instances(
  roots: Readonly<Record<string, unknown>>,
  own: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const made = new Map<string, unknown>();
  const kinds = new Set<unknown>();
  const seen = new Set<object>();
  const left: [unknown, string, isOwn: boolean][] = [
    ...Object.entries(roots).map(([name, value]): [unknown, string, boolean] => [value, name, false]),
    ...Object.entries(own).map(([name, value]): [unknown, string, boolean] => [value, name, true]),
  ];
  const waited: Promise<void>[] = [];

  function note(value: unknown, path: string): void {
    // Node has a class for each code of its errors, of which this finds only some (decision 0011).
    if (!isObject(value) || value instanceof Error) return;
    if (value instanceof Promise) {
      waited.push(
        value.then(
          (one) => note(one, `await ${path}`),
          (error) => note(error, `await ${path}`),
        ),
      );
    }
    const on: unknown = Reflect.get(value, "on");
    if (typeof on === "function" && Reflect.has(value, "_events"))
      attempt(() => Reflect.apply(on, value, ["error", () => undefined]));
    left.push([value, path, true]);
  }

  function attempt(work: () => unknown): unknown {
    try {
      const given = work();
      if (given instanceof Promise) given.catch(() => undefined);
      return given;
    } catch (error) {
      return error;
    }
  }

  function call(work: Callable, self: unknown, path: string): void {
    for (const [index, given] of tries.entries())
      note(
        attempt(() => Reflect.apply(work, self, given())),
        `${path}(${index})`,
      );
  }

  function visit(value: object, path: string, isOwn: boolean): void {
    const prototype: object | null = Object.getPrototypeOf(value);
    const isNew = prototype !== null && !kinds.has(prototype);
    const owner = Object.hasOwn(value, "constructor")
      ? prototypeOf(attempt(() => value.constructor))
      : undefined;
    if (isOwn && owner !== value) {
      for (let one = prototype; one !== null; one = Object.getPrototypeOf(one)) kinds.add(one);
      if (isNew) made.set(path, value);
    }
    for (
      let one: object | null = isOwn && isNew ? prototype : null;
      one !== null;
      one = Object.getPrototypeOf(one)
    )
      for (const key of Reflect.ownKeys(one)) {
        if (key === "constructor" || one === Object.prototype) continue;
        const method = attempt(() => Reflect.get(one, key, value));
        const place = `${path}.${String(key)}`;
        if (typeof method !== "function") note(method, place);
        else if (typeof key === "symbol" ? /iterator/i.test(nameOf(key)) : giving.test(key))
          note(
            attempt(() => Reflect.apply(method, value, [])),
            `${place}()`,
          );
      }
    for (const key of ArrayBuffer.isView(value) ? [] : Reflect.ownKeys(value)) {
      const one: unknown = attempt(() => Reflect.get(value, key));
      const place = `${path}.${String(key)}`;
      left.push([one, place, isOwn && owner !== value]);
      if (
        typeof one !== "function" ||
        seen.has(one) ||
        !making.test(nameOf(key)) ||
        untried.test(nameOf(key))
      )
        continue;
      if (owner === value || isOwn) continue;
      if (prototypeOf(one) !== undefined)
        for (const [index, given] of tries.entries())
          note(
            attempt(() => Reflect.construct(one, given())),
            `new ${place}(${index})`,
          );
      call((...given) => Reflect.apply(one, value, given), value, place);
    }
    left.push([prototype, `${path}.__proto__`, false]);
  }

  for (let round = 0; round < 4 && left.length > 0; round++) {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [value, path, isOwn] = next;
      if (!isObject(value) || seen.has(value)) continue;
      seen.add(value);
      visit(value, path, isOwn);
    }
    const late = new Promise((resolve) => setTimeout(resolve, 300));
    await Promise.race([Promise.all(waited.splice(0)), late]);
  }
  return Object.fromEntries(made);
}
