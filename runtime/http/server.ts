import type { RequestListener, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import process from "node:process";
import type { Duplex } from "node:stream";
import { bridgeLimits } from "../../config/bridge.ts";
import { defaults } from "../../config/defaults.ts";
import { callErrors, type ErrorBody } from "../../schema/errors.ts";
import { CallError } from "../error.ts";
import { type Log, silentLog } from "../log.ts";
import { requestTimeout } from "./body.ts";
import { closeOnlyIdle } from "./close-idle.ts";
import { disconnect } from "./disconnect.ts";
import { Exchange } from "./exchange.ts";
import { headersTooLarge, versionNotSupported } from "./protocol.ts";
import { Refusals } from "./refusals.ts";
import { requestId } from "./request-id.ts";

declare module "node:net" {
  interface Socket {
    /** The response that is under way, which Node's own listener of `clientError` looks at (lib/_http_server.js). */
    readonly _httpMessage?: ServerResponse | null;
  }
}

const limits = bridgeLimits.http;

/** An import would read every export, one of which makes Node load its fetch: a sixth of the time to a first answer. */
const { createServer, STATUS_CODES } = process.getBuiltinModule("node:http");

/** What Node's parser found; `reason` is its own words (lib/_http_common.js). */
type ParserError = NodeJS.ErrnoException & { readonly reason?: string };

/** How many connections a server takes, and where it logs. */
export type ServerOptions = { readonly connections?: number; readonly log?: Log };

/**
 * An HTTP server that gives up on clients that send their requests too slowly, too large or malformed. Beyond so many
 * connections calls are refused; some more are taken for that, and for whoever asks about its health.
 */
export function createBridgeServer(
  serve: RequestListener,
  { connections = defaults.limits.connections, log = silentLog }: ServerOptions = {},
): Server {
  const refusals = new Refusals(log);
  const open = new Set<Socket>();
  const handle: RequestListener = (request, response) => {
    if (open.size <= connections || request.method !== "POST") {
      serve(request, response);
      return;
    }
    refusals.count("connections");
    if (response.socket === null) {
      disconnect(request.socket); // a second request, sent ahead
      return;
    }
    new Exchange(request, response, () => true).refuse(
      new CallError("unavailable", "Too many connections are open. Try again in a moment."),
    );
  };
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.checkEveryMs,
      joinDuplicateHeaders: true, // else Node takes the first, where a proxy may have looked at the last
      requireHostHeader: false, // is looked at by the handler, which answers in the shape of an error
      noDelay: true,
    },
    handle,
  );
  server.maxHeadersCount = limits.headers + 1; // one more, which is refused in either way that Node has
  server.maxConnections = connections + limits.spareConnections;
  server.on("drop", () => refusals.count("connections"));
  server.on("connection", (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  closeOnlyIdle(server, open);
  server.on("checkContinue", handle); // which first looks at what can be refused without the body
  server.on("checkExpectation", handle); // which refuses other expectations
  server.on("connect", (_, socket) =>
    refuse(new CallError("method_not_allowed", "This is no proxy."), socket, log),
  );
  server.on("clientError", (error: ParserError, socket: Socket) => {
    const { _httpMessage: message } = socket;
    if (error.code === "ECONNRESET" || error.code === "HPE_INVALID_EOF_STATE" || !socket.writable)
      socket.destroy();
    else if (message === null || message === undefined) refuse(meaningOf(error), socket, log);
    else if (message.req.complete) message.once("finish", () => refuse(meaningOf(error), socket, log));
    else {
      if (message.req.listenerCount("error") > 0) message.req.emit("error", error); // who reads its body answers
      if (!message.headersSent) refuse(meaningOf(error), socket, log);
    }
  });
  return server;
}

/** Answers what the parser refused, in the one shape of an error. */
function refuse({ code, message }: CallError, socket: Duplex, log: Log): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const id = requestId(undefined);
  const status = callErrors[code];
  const body: ErrorBody = { error: { code, message, requestId: id } };
  const json = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(json)}`,
    `x-request-id: ${id}`,
    "connection: close",
  ];
  // The client gets a moment to read it: closing with unread bytes resets the connection (RFC 9112, 9.6).
  const end = () => setTimeout(() => socket.destroy(), limits.lingerMs);
  socket.end(`${head.join("\r\n")}\r\n\r\n${json}`, end);
  log.info({ requestId: id, status, code }, "A request could not be read.");
}

function meaningOf({ code, reason }: ParserError): CallError {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return headersTooLarge();
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return new CallError("payload_too_large", "The extensions of the body's chunks are too large.");
    case "HPE_INVALID_VERSION":
      // The same code stands for a version that is malformed, and for a line that ends in a bare LF.
      return reason === "Invalid HTTP version" ? versionNotSupported() : malformed();
    case "HPE_PAUSED_H2_UPGRADE":
      return versionNotSupported();
    case requestTimeout:
      return new CallError("request_timeout", "The request did not come in time.");
    default:
      return malformed();
  }
}

const malformed = (): CallError => new CallError("malformed_request", "The request is not HTTP/1.1.");
