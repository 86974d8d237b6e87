import type { IncomingMessage, ServerResponse } from "node:http";
import { bridgeLimits } from "../../config/bridge.ts";
import { type CallErrorCode, callErrors, type ErrorBody } from "../../schema/errors.ts";
import type { CallError } from "../error.ts";
import { sealed } from "../sealed.ts";
import type { UnreadAnswers } from "./answers.ts";
import type { HeaderList } from "./cors.ts";
import { requestId } from "./request-id.ts";

const json: HeaderList = [
  "content-type",
  "application/json; charset=utf-8",
  "cache-control",
  "no-store",
  "x-content-type-options",
  "nosniff",
];

/**
 * How an exchange ended. The status is 499 where the client was gone, as nginx logs it; then `unread` is that of the
 * answer that nobody got.
 */
export type Outcome = { readonly status: number; readonly code?: CallErrorCode; readonly unread?: number };

const clientGone = 499;

/** One HTTP request and its answer, which is written once. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly requestId: string;
  readonly startedAt = performance.now();
  /** Headers that every answer of this exchange has. */
  headers: HeaderList = [];
  /** Whether the connection is of no more use after the answer. */
  closes = false;
  /** The call's path, once it was read. */
  path: string | undefined;
  /** The id of the caller, once the token was verified. */
  caller: string | undefined;
  readonly #response: ServerResponse;
  readonly #isEnding: () => boolean;
  #answered = false;
  #bytes = 0;

  /** @param isEnding whether connections are to be closed with their answers. */
  constructor(request: IncomingMessage, response: ServerResponse, isEnding: () => boolean) {
    this.request = request;
    this.#response = response;
    this.#isEnding = isEnding;
    this.requestId = requestId(request.headers["x-request-id"]);
  }

  /** Whether the client closed the connection. */
  get isGone(): boolean {
    return this.request.socket.destroyed;
  }

  /** Answers nobody, as the client is gone. */
  abandon(): Outcome | undefined {
    if (this.#answered) return undefined;
    this.#answered = true;
    return { status: clientGone };
  }

  /** Lets the client send the body that it announced (RFC 9110, 10.1.1). */
  continue(): void {
    const { headers, httpVersionMinor } = this.request;
    if (httpVersionMinor > 0 && headers.expect?.toLowerCase() === "100-continue")
      this.#response.writeContinue();
  }

  /** Answers with a status and JSON. An answer after the first is dropped: then there is no outcome. */
  answer(status: number, body: string, headers: HeaderList = []): Outcome | undefined {
    if (this.#answered) return undefined;
    this.#write(status, body, [...json, ...headers]);
    return this.isGone ? { status: clientGone, unread: status } : { status };
  }

  /** Looks after the answer where it has not left at once. */
  watch(answers: UnreadAnswers, budget: number): void {
    answers.watch(this.#response, this.#bytes, budget);
  }

  /** Answers without a body. */
  answerEmpty(headers: HeaderList): void {
    if (this.#answered) return;
    this.#answered = true;
    this.#response.writeHead(204, ["x-request-id", this.requestId, ...headers, ...this.headers]).end();
  }

  /** Answers with an error in its one shape. */
  refuse(error: CallError, headers: HeaderList = []): Outcome | undefined {
    const { code, message, details } = error;
    const body: ErrorBody = {
      error: { code, message, requestId: this.requestId, ...(details && { details: { ...details } }) },
    };
    const outcome = this.answer(callErrors[code], JSON.stringify(body), [...hintsOf(error), ...headers]);
    return outcome && { ...outcome, code };
  }

  #write(status: number, body: string, headers: string[]): void {
    this.#answered = true;
    this.#bytes = Buffer.byteLength(body);
    headers.push("x-request-id", this.requestId, "content-length", String(this.#bytes));
    headers.push(...this.headers);
    if (!this.request.complete && !isShort(this.request)) this.closes = true; // what still comes is not read
    if (this.closes || this.#isEnding()) headers.push("connection", "close");
    this.#response.writeHead(status, headers);
    if (this.closes && !this.request.complete) this.#linger(body);
    else this.#response.end(body);
  }

  /** Drops what still comes for a moment: closing with unread bytes resets the connection (RFC 9112, 9.6). */
  #linger(body: string): void {
    const { request } = this;
    const response = this.#response;
    response.write(body);
    const end = () => {
      clearTimeout(timer);
      response.end();
    };
    const timer = setTimeout(end, bridgeLimits.http.lingerMs);
    request.once("close", end).resume();
  }
}
sealed(Exchange);

/** Whether the body of a request costs less to read than a new connection. */
const isShort = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] === undefined &&
  Number(headers["content-length"] ?? 0) <= bridgeLimits.http.droppedBytes;

/** What HTTP says beside a code: RFC 9110, 10.2.3 (Retry-After); RFC 6750, 3 (WWW-Authenticate). */
function hintsOf({ code }: CallError): HeaderList {
  if (code === "unavailable" || code === "too_many_requests") return ["retry-after", "1"];
  if (code === "unauthenticated") return ["www-authenticate", "Bearer"];
  if (code === "invalid_token") return ["www-authenticate", 'Bearer error="invalid_token"'];
  return [];
}
