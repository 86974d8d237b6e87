import type { RequestListener, Server } from "node:http";
import type { Socket } from "node:net";
import process from "node:process";
import { bridgeLimits } from "../../config/bridge.ts";
import { type CallErrorCode, callErrors, type ErrorBody } from "../../schema/errors.ts";
import { requestId } from "./request-id.ts";

const limits = bridgeLimits.http;

/** An import would read every export, one of which makes Node load its fetch: a sixth of the time to a first answer. */
const { createServer } = process.getBuiltinModule("node:http");

/** An HTTP server that gives up on clients that send their requests too slowly, too large or malformed. */
export function createBridgeServer(handle: RequestListener): Server {
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.checkEveryMs,
      noDelay: true,
    },
    handle,
  );
  server.on("clientError", refuse);
  return server;
}

/** Answers what the parser refused, in the one shape of an error. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const [code, message] = meaningOf(error.code);
  const body: ErrorBody = { error: { code, message, requestId: requestId(undefined) } };
  const json = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${callErrors[code]} ${code}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(json)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${json}`);
}

function meaningOf(code: string | undefined): readonly [CallErrorCode, string] {
  if (code === "HPE_HEADER_OVERFLOW")
    return ["payload_too_large", `The headers are larger than ${limits.headerBytes} bytes.`];
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return ["timeout", "The request did not come in time."];
  return ["malformed_request", "The request is not HTTP/1.1."];
}
