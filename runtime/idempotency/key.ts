import { keyForm } from "../../schema/idempotency-key.ts";
import { CallError } from "../error.ts";

/**
 * The idempotency key of a call: `key` of its body, or the `Idempotency-Key` header, whose value may stand in quotes
 * (draft-ietf-httpapi-idempotency-key-header, 2.1).
 *
 * @throws {CallError} `malformed_request` for what is no key, and for two that differ.
 */
export function readKey(inBody: unknown, header: string | string[] | undefined): string | undefined {
  const inHeader = header === undefined ? undefined : unquoted(String(header));
  if (inBody !== undefined) assertKey(inBody, "`key`");
  if (inHeader !== undefined) assertKey(inHeader, "The Idempotency-Key header");
  if (inBody !== undefined && inHeader !== undefined && inBody !== inHeader)
    throw new CallError("malformed_request", "`key` and the Idempotency-Key header differ.");
  return inBody ?? inHeader;
}

const unquoted = (value: string): string => /^"(.*)"$/.exec(value)?.[1] ?? value;

function assertKey(value: unknown, what: string): asserts value is string {
  if (typeof value !== "string" || !keyForm.test(value))
    throw new CallError("malformed_request", `${what} is not a key of 1 to 200 visible ASCII characters.`);
}
