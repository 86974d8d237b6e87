import { types } from "node:util";

/**
 * The options of a request with a body that is what it says. A chunk may shadow its own length, so that its end were
 * read as the next request on a connection that others use after it.
 *
 * @throws {TypeError} for a body that `fetch` would not send.
 */
export function withOwnBody(options: unknown): unknown {
  const copy = { ...Object(options) };
  const { body }: { body?: unknown } = copy;
  if (body === undefined || body === null) return copy;
  if (!isIterable(body)) throw new TypeError("The body of a request is what fetch makes of one.");
  return { ...copy, body: ownChunks(body) };
}

async function* ownChunks(body: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    if (!types.isUint8Array(chunk)) throw new TypeError("A chunk of a request's body is no Uint8Array.");
    const own = new Uint8Array(Reflect.apply(byteLength, chunk, []));
    own.set(chunk);
    yield own;
  }
}

/** That of the memory, whatever properties the chunk has. */
const byteLength: (this: Uint8Array) => number =
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), "byteLength")?.get ??
  (() => 0);

const isIterable = (body: unknown): body is AsyncIterable<unknown> =>
  typeof body === "object" && body !== null && Symbol.asyncIterator in body;
