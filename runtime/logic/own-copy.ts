import { bridgeLimits } from "../../config/bridge.ts";
import { assertJson, isOfText } from "../../src/core/exact-json.ts";

const { copyDepth } = bridgeLimits.logic;

/**
 * A copy of a JSON value that shares no object with it: each member is read once, and what has a `toJSON` is what that
 * gives. What JSON has no number for is a string, and bytes are base64, as in an answer. What is no value of JSON is left
 * out, and null in an array.
 *
 * @throws {TypeError} where it nests without end, and for a Map, a Set, a promise. What a getter throws.
 */
export function ownCopy(value: unknown, depth = 0): unknown {
  if (isOfText(value)) return String(value);
  if (typeof value !== "object" || value === null) return isOther(value) ? undefined : value;
  if (JSON.isRawJSON(value)) return value;
  if (depth > copyDepth) throw new TypeError(`A value nests deeper than ${copyDepth} levels.`);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  assertJson(value);
  if (hasToJson(value)) return ownCopy(value.toJSON(), depth + 1);
  if (Array.isArray(value)) return Array.from(value, (member) => ownCopy(member, depth + 1) ?? null);
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const member = ownCopy(Reflect.get(value, name), depth + 1);
    if (member !== undefined) define(copy, name, member);
  }
  return copy;
}

const isOther = (value: unknown): boolean => typeof value === "function" || typeof value === "symbol";

const hasToJson = (value: object): value is { toJSON(): unknown } =>
  "toJSON" in value && typeof value.toJSON === "function";

/** `__proto__` is a name like any other in JSON. */
function define(copy: Record<string, unknown>, name: string, member: unknown): void {
  if (name !== "__proto__") copy[name] = member;
  else
    Object.defineProperty(copy, name, {
      value: member,
      writable: true,
      enumerable: true,
      configurable: true,
    });
}
