/**
 * Prototypes of values that every statement makes. They are frozen as they are: an accessor on them makes V8 give up what
 * it knows of arrays, promises and expressions.
 */
const hot: ReadonlySet<object> = new Set<object>(
  [
    ...[Array, Promise, RegExp, String, Number, Boolean, Symbol, BigInt, Map, Set, WeakMap, WeakSet],
    ...[ArrayBuffer, SharedArrayBuffer, DataView, Uint8Array, Buffer, Object.getPrototypeOf(Uint8Array)],
  ].map(({ prototype }) => prototype),
);

/** V8 compiles `f.call(x)` as `f(x)` as long as they are plain properties; `ses` leaves them so too. */
const isHot = (prototype: object, key: string | symbol): boolean =>
  hot.has(prototype) || (prototype === Function.prototype && (key === "call" || key === "apply"));

const frozen = new WeakSet<object>();

/**
 * Freezes a value and all that is reachable from it, as `lockdown` of `ses` does it for intrinsics. Own properties may
 * still be given the names of inherited ones. What a getter of a shared object gives is frozen when it is given, and
 * its setters are gone.
 */
export function freeze<T>(root: T): T {
  const left: unknown[] = [root];
  while (left.length > 0) {
    const value = left.pop();
    if (!isObject(value) || frozen.has(value)) continue;
    frozen.add(value);
    left.push(Object.getPrototypeOf(value));
    const isShared = !isPrototype(value);
    let isHeld = ArrayBuffer.isView(value);
    for (const key of Reflect.ownKeys(value)) {
      const property = Reflect.getOwnPropertyDescriptor(value, key);
      if (property === undefined) continue;
      left.push(property.value, property.get, property.set);
      if (
        isShared &&
        property.get !== undefined &&
        (property.configurable !== true || typeof key === "symbol")
      )
        left.push(given(value, property.get));
      if (property.configurable !== true) isHeld ||= !isShared && typeof property.value === "boolean";
      else if (!isShared && !isHot(value, key)) letShadow(value, key, property);
      else if (isShared && typeof key === "string") withoutSetter(value, key, property);
    }
    if (isHeld) freezeButFlags(value);
    else Object.freeze(value);
  }
  return root;
}

/** Freezes what values have in common with others of their kinds: prototypes and functions. What is their own stays as it is. */
export function freezeKinds(samples: readonly unknown[]): void {
  const seen = new Set<object>();
  const left: unknown[] = [...samples];
  while (left.length > 0) {
    const value = left.pop();
    if (!isObject(value) || frozen.has(value) || seen.has(value)) continue;
    seen.add(value);
    if (typeof value === "function") freeze(value);
    else {
      freeze(Object.getPrototypeOf(value));
      // Of memory, each byte would be looked at.
      for (const property of ArrayBuffer.isView(value) ? [] : ownProperties(value))
        left.push(property.value, property.get, property.set);
      left.push(...entriesOf(value));
    }
  }
}

/** What a Map or a Set holds. */
function entriesOf(value: object): unknown[] {
  for (const { prototype } of [Map, Set])
    try {
      return [...Reflect.apply(prototype.values, value, [])];
    } catch {} // it is another kind of object
  return [];
}

/** Freezes what two values of one kind hold both: constants of Node, which every other one of the kind holds too. */
export function freezeCommon(one: object, other: object, depth = 6): void {
  for (const key of depth === 0 ? [] : Reflect.ownKeys(one)) {
    const [mine, theirs] = [one, other].map(
      (each): unknown => Reflect.getOwnPropertyDescriptor(each, key)?.value,
    );
    if (!isObject(mine) || !isObject(theirs)) continue;
    if (mine === theirs) freeze(mine);
    else freezeCommon(mine, theirs, depth - 1);
  }
}

const ownProperties = (value: object): PropertyDescriptor[] =>
  Reflect.ownKeys(value).flatMap((key) => Reflect.getOwnPropertyDescriptor(value, key) ?? []);

const isObject = (value: unknown): value is object =>
  typeof value === "function" || (typeof value === "object" && value !== null);

/** What a getter gives, which stays as it is. */
function given(value: object, get: () => unknown): unknown {
  try {
    return Reflect.apply(get, value, []);
  } catch {
    return undefined;
  }
}

function isPrototype(value: object): boolean {
  const maker: unknown = Reflect.getOwnPropertyDescriptor(value, "constructor")?.value;
  return typeof maker === "function" && maker.prototype === value;
}

/** Node writes a flag of each emitter that stands on the prototype too, and cannot be made an accessor. */
function freezeButFlags(value: object): void {
  Object.preventExtensions(value);
  if (ArrayBuffer.isView(value)) return;
  for (const key of Reflect.ownKeys(value)) {
    const { configurable, value: held } = Reflect.getOwnPropertyDescriptor(value, key) ?? {};
    if (configurable === true)
      Object.defineProperty(
        value,
        key,
        held === undefined ? { configurable: false } : { configurable: false, writable: false },
      );
  }
}

/** A frozen property cannot be assigned on what inherits it (ECMA-262, 10.1.9.2), unless it is an accessor. */
function letShadow(prototype: object, key: string | symbol, property: PropertyDescriptor): void {
  if (!("value" in property)) return;
  const { value, enumerable = false }: { value?: unknown; enumerable?: boolean } = property;
  let give: Give | undefined;
  const accessor = {
    get(): unknown {
      return value;
    },
    set(this: unknown, next: unknown) {
      if (this === prototype || !isObject(this))
        throw new TypeError(`\`${String(key)}\` is shared by all logic and frozen.`);
      give ??= definer(key);
      give(this, next);
    },
  };
  Object.defineProperty(prototype, key, {
    get: Object.freeze(accessor.get),
    set: Object.freeze(accessor.set),
    enumerable,
  });
}

type Give = (own: object, value: unknown) => void;

/** The constructor of a class that extends it gives its fields to the object that it is called with. */
class Given {
  constructor(own: object) {
    // biome-ignore lint/correctness/noConstructorReturn: fields are given to what it returns (ECMA-262, 10.2.2).
    return own;
  }
}

/** Defines an own property as `Object.defineProperty` does, in a twentieth of its time: V8 compiles a field as it does an assignment. */
function definer(key: string | symbol): Give {
  let given: unknown;
  class Definer extends Given {
    [key] = given;
  }
  return (own, value) => {
    given = value;
    new Definer(own);
    given = undefined;
  };
}

/** Some getters of Node put what they give in their own place: those do it on an object that is thrown away. */
function readBy(get: () => unknown, value: object): unknown {
  try {
    return Reflect.apply(get, value, []);
  } catch {
    return Reflect.apply(get, Object.create(value), []);
  }
}

function withoutSetter(
  value: object,
  key: string | symbol,
  { get, set, enumerable = false }: PropertyDescriptor,
): void {
  if (get === undefined && set === undefined) return;
  const read = (): unknown => freeze(get && readBy(get, value));
  Reflect.deleteProperty(value, key); // else its setter would stay
  Object.defineProperty(value, key, {
    get: Object.freeze(read),
    enumerable,
  });
}
