import type { IncomingMessage } from "node:http";
import process from "node:process";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** One HTTP request. The body is sent once, and its length stands in the headers. */
export type HttpRequest = {
  method: string;
  headers: Readonly<Record<string, string>>;
  body?: AsyncIterable<Uint8Array> | undefined;
  signal: AbortSignal;
};

/** The headers of an answer, by their names in lower case. */
export type HttpHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** An answer, whatever its status. To leave the body before its end closes the connection. */
export type HttpAnswer = { status: number; headers: HttpHeaders; body: AsyncIterable<Uint8Array> };

/** Sends one request; follows no redirect and keeps connections open. */
export type Http = (url: URL, request: HttpRequest) => Promise<HttpAnswer>;

/**
 * HTTP by Node's own client: the global `fetch` is another implementation, and to load it costs a deploy more time than
 * all of its requests to a near registry.
 */
export const http: Http = async (url, { method, headers, body, signal }) => {
  // Not by import: that reads every export, some of which load the implementation of `fetch`.
  const { request } = process.getBuiltinModule(url.protocol === "https:" ? "node:https" : "node:http");
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = request(url, { method, headers, signal });
  outgoing.on("response", resolve).on("error", reject);
  if (body === undefined) outgoing.end();
  else pipeline(Readable.from(body, { objectMode: false }), outgoing).catch(reject);
  const answer = await promise;
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: answer };
};

/** The one value of a header, or undefined where it is absent. */
export const headerOf = (headers: HttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
};
