import type { IncomingMessage, ServerResponse } from "node:http";
import { type CallErrorCode, callErrors, type ErrorBody } from "../../schema/errors.ts";
import type { CallError } from "../error.ts";
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

/** How an exchange ended. */
export type Outcome = { readonly status: number; readonly code?: CallErrorCode };

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
  readonly #response: ServerResponse;
  readonly #isEnding: () => boolean;
  #answered = false;

  /** @param isEnding whether connections are to be closed with their answers. */
  constructor(request: IncomingMessage, response: ServerResponse, isEnding: () => boolean) {
    this.request = request;
    this.#response = response;
    this.#isEnding = isEnding;
    this.requestId = requestId(request.headers["x-request-id"]);
  }

  /** Answers with a status and JSON. An answer after the first is dropped: then there is no outcome. */
  answer(status: number, body: string, headers: HeaderList = []): Outcome | undefined {
    if (this.#answered) return undefined;
    this.#write(status, body, [...json, ...headers]);
    return { status };
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
    headers.push("x-request-id", this.requestId, "content-length", String(Buffer.byteLength(body)));
    headers.push(...this.headers);
    if (this.closes || this.#isEnding()) headers.push("connection", "close");
    this.#response.writeHead(status, headers).end(body);
  }
}

/** What HTTP says beside a code: RFC 9110, 10.2.3 (Retry-After); RFC 6750, 3 (WWW-Authenticate). */
function hintsOf({ code }: CallError): HeaderList {
  if (code === "unavailable" || code === "too_many_requests") return ["retry-after", "1"];
  if (code === "unauthenticated") return ["www-authenticate", "Bearer"];
  if (code === "invalid_token") return ["www-authenticate", 'Bearer error="invalid_token"'];
  return [];
}
