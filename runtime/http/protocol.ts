import type { IncomingMessage } from "node:http";
import { bridgeLimits } from "../../config/bridge.ts";
import { CallError } from "../error.ts";

const limits = bridgeLimits.http;

/** `uri-host [ ":" port ]` (RFC 3986, 3.2.2), or nothing; two fields are joined with a comma and a space. */
const host = /^[\w.~!$&'()*+,;=%:[\]-]*$/;

/**
 * Why a request that the parser took is refused all the same, whatever it asks for: another version of HTTP (RFC 9110,
 * 15.6.6), too many headers (RFC 6585, 5), a target that is no URL (RFC 9112, 3.2), no or several Host fields (RFC 9112,
 * 3.2), a transfer coding (RFC 9112, 6.1) or an expectation (RFC 9110, 10.1.1) that is not known here.
 */
export function protocolFault({
  httpVersionMajor,
  httpVersionMinor,
  headers,
  rawHeaders,
  url = "/",
}: IncomingMessage): CallError | undefined {
  if (httpVersionMajor !== 1) return versionNotSupported();
  if (rawHeaders.length > 2 * limits.headers) return headersTooLarge(); // Node may have dropped what is beyond
  if (!url.startsWith("/") && url !== "*" && !URL.canParse(url))
    return new CallError("malformed_request", "The target of the request is no URL.");
  if (headers.host === undefined ? httpVersionMinor > 0 : !host.test(headers.host))
    return new CallError("malformed_request", "The request does not have exactly one valid Host header.");
  const coding = headers["transfer-encoding"];
  if (coding !== undefined && httpVersionMinor === 0) return faultyFraming();
  if (coding !== undefined && coding.toLowerCase() !== "chunked")
    return new CallError("not_implemented", "Send the body with no transfer coding but `chunked`.");
  if (httpVersionMinor > 0 && !/^(?:100-continue)?$/i.test(headers.expect ?? ""))
    return new CallError("expectation_failed", "Send no expectation but `100-continue`.");
  return undefined;
}

/** The path of a request target in origin-form or absolute-form (RFC 9112, 3.2.1 and 3.2.2). */
export function pathOf(target = "/"): string {
  const origin = target.startsWith("/") ? target : target.replace(/^https?:\/\/[^/?]*/i, "");
  const query = origin.indexOf("?");
  return query < 0 ? origin : origin.slice(0, query);
}

/** The answer to another version than HTTP/1.0 and HTTP/1.1. */
export const versionNotSupported = (): CallError =>
  new CallError("http_version_not_supported", "Use HTTP/1.1.");

/** HTTP/1.0 has no transfer codings: what stood between may have read another body (RFC 9112, 6.1). */
const faultyFraming = (): CallError =>
  new CallError("malformed_request", "HTTP/1.0 has no transfer coding: send a Content-Length.");

/** The answer to headers that are larger or more than the limits. */
export const headersTooLarge = (): CallError =>
  new CallError(
    "headers_too_large",
    `The headers are larger than ${limits.headerBytes} bytes, or more than ${limits.headers}.`,
  );
