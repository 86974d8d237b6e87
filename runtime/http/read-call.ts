import { isUtf8 } from "node:buffer";
import type { CallRequest } from "../../schema/wire.ts";
import { parseExact } from "../../src/core/exact-json.ts";
import { CallError } from "../error.ts";
import { readKey } from "../idempotency/key.ts";

const longestPath = 200;

/**
 * Reads the body of `POST /call`: what `callRequest` of `schema/wire.ts` takes, checked by hand as every call pays
 * for it.
 *
 * @param depth how deep params may nest; `{ a: 1 }` is one deep.
 * @param header the `Idempotency-Key` header, which says the same as `key`.
 * @throws {CallError} `malformed_request`.
 */
export function readCall(body: Buffer, depth: number, header?: string | string[]): CallRequest {
  const request = parse(textOf(body));
  if (!isObject(request)) throw malformed("The body is not a JSON object.");
  for (const key in request)
    if (key !== "path" && key !== "params" && key !== "key")
      throw malformed("The body has members other than `path`, `params` and `key`.");
  const { path, params } = request;
  const key = readKey(request.key, header);
  const keyed = key === undefined ? {} : { key };
  if (typeof path !== "string" || path === "" || path.length > longestPath)
    throw malformed(`\`path\` is not a text of 1 to ${longestPath} characters.`);
  if (params === undefined) return { path, ...keyed };
  if (!isObject(params)) throw malformed("`params` is not an object.");
  if (isDeeperThan(params, depth)) throw malformed(`\`params\` nests deeper than ${depth} levels.`);
  return { path, params, ...keyed };
}

function textOf(body: Buffer): string {
  if (!isUtf8(body)) throw malformed("The body is not UTF-8.");
  return body.toString("utf8");
}

function parse(text: string): unknown {
  try {
    return parseExact(text, "digits");
  } catch {
    throw malformed("The body is not JSON."); // the parser's own message quotes the body
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  isContainer(value) && !Array.isArray(value);

/** A number that a double would change is an object of its own kind, and no container. */
const isContainer = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !JSON.isRawJSON(value);

function isDeeperThan(value: object, depth: number): boolean {
  if (depth === 0) return true;
  for (const member of Object.values(value))
    if (isContainer(member) && isDeeperThan(member, depth - 1)) return true;
  return false;
}

const malformed = (message: string): CallError => new CallError("malformed_request", message);
