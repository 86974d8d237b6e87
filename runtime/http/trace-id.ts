const traceparent = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

/** The trace of a `traceparent` header that is valid (Trace Context, 3.2), else undefined. */
export function traceId(header: string | string[] | undefined): string | undefined {
  if (typeof header !== "string") return undefined;
  const [, version, id, more] = traceparent.exec(header) ?? [];
  return version === "00" && more !== undefined ? undefined : id;
}
