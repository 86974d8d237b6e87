import type { RequestListener } from "node:http";
import type { Authenticator } from "../auth/authenticator.ts";
import type { Answer, Calls } from "../call.ts";
import type { Caller } from "../caller.ts";
import { mayHaveWritten, trueOf } from "../database/outcome.ts";
import { answerTooLarge, CallError, DoneAnswerTooLarge } from "../error.ts";
import type { SourceLocations } from "../logic/source-map.ts";
import type { ReadinessReport } from "../readiness.ts";
import type { ServerSettings } from "../server-settings.ts";
import type { UnreadAnswers } from "./answers.ts";
import type { Bodies, HeldBody } from "./bodies.ts";
import { readBody } from "./body.ts";
import type { CallLog } from "./call-log.ts";
import type { Cors, HeaderList } from "./cors.ts";
import { Exchange } from "./exchange.ts";
import { inOrder } from "./in-order.ts";
import { pathOf, protocolFault } from "./protocol.ts";
import { readCall } from "./read-call.ts";
import type { Refusals } from "./refusals.ts";
import { bodyErrors, encoded, givenUp, noSuchPath, notJson, notReady, tooMany } from "./request-errors.ts";
import type { RunningCall, RunningCalls } from "./running.ts";

/** What is served at a moment; a reload puts another in its place. */
export type Served = {
  readonly calls: Calls;
  readonly authenticator: Authenticator;
  readonly cors: Cors | undefined;
  readonly limits: ServerSettings["limits"];
  readonly sources: SourceLocations;
  readonly logging: ServerSettings["log"];
  /** Whether calls may be made yet. */
  isOpen(): boolean;
};

/** What the handler of HTTP requests is made of. */
export type HandlerInput = {
  served(): Served;
  report(): Promise<ReadinessReport>;
  isDraining(): boolean;
  readonly running: RunningCalls;
  readonly room: Room;
  readonly callLog: CallLog;
};

/** What clients may take of the memory. */
export type Room = {
  readonly bodies: Bodies;
  readonly answers: UnreadAnswers;
  readonly refusals: Refusals;
};

/** Serves `POST /call`, `GET /healthz` and `GET /readyz`. */
export function createHandler(input: HandlerInput): RequestListener {
  const { refusals } = input.room;
  return inOrder(refusals, (request, response) => {
    const exchange = new Exchange(request, response, input.isDraining);
    const fault = protocolFault(request);
    if (fault !== undefined) {
      exchange.closes = true; // where the request ends may be doubtful
      settle(exchange, fault, input, input.served());
      return;
    }
    const path = pathOf(request.url);
    if (path === "/call") receive(exchange, input);
    else if (path === "/healthz" || path === "/readyz") void health(exchange, path, input);
    else if (path === "*" && request.method === "OPTIONS") exchange.answerEmpty(["allow", "GET, HEAD, POST"]);
    else exchange.refuse(noSuchPath());
  });
}

async function health(exchange: Exchange, path: string, { report }: HandlerInput): Promise<void> {
  const { method } = exchange.request;
  if (method !== "GET" && method !== "HEAD") refuseMethod(exchange, "GET, HEAD");
  else if (path === "/healthz") exchange.answer(200, '{"status":"ok"}');
  else {
    const readiness = await report();
    exchange.answer(readiness.status === "ready" ? 200 : 503, JSON.stringify(publicReport(readiness)));
  }
}

/** What anybody may know: connections and codes. The whole reasons are in the log. */
function publicReport({ status, reasons }: ReadinessReport) {
  const known = new Map(
    reasons.map(({ connection, code }) => [`${connection} ${code}`, { connection, code }] as const),
  );
  return { status, reasons: [...known.values()] };
}

function receive(exchange: Exchange, input: HandlerInput): void {
  const { request } = exchange;
  const { method, headers } = request;
  const served = input.served();
  const { cors } = served;
  if (method === "OPTIONS" && cors !== undefined) {
    exchange.answerEmpty(cors.preflight(headers.origin));
    return;
  }
  if (cors !== undefined) exchange.headers = cors.answer(headers.origin);
  if (method !== "POST") refuseMethod(exchange, cors === undefined ? "POST" : "POST, OPTIONS");
  else if (!isJson(headers["content-type"])) settle(exchange, notJson(), input, served);
  else if (!isPlain(headers["content-encoding"]))
    settle(exchange, encoded(), input, served, ["accept-encoding", "identity"]);
  else identify(exchange, input, served);
}

/** Looks at the token before a byte of the body is kept. */
function identify(exchange: Exchange, input: HandlerInput, served: Served): void {
  const accept = (caller: Caller): void => {
    exchange.caller = caller.id;
    receiveBody(exchange, caller, input, served);
  };
  const refuse = (error: unknown): void => settle(exchange, asError(error), input, served);
  try {
    const known = served.authenticator.authenticate(exchange.request.headers.authorization);
    if (known instanceof Promise) known.then(accept).catch(refuse);
    else accept(known);
  } catch (error) {
    refuse(error);
  }
}

function receiveBody(exchange: Exchange, caller: Caller, input: HandlerInput, served: Served): void {
  const { bodyBytes, bodiesBytes } = served.limits;
  const { bodies, refusals } = input.room;
  const isAnnounced = Number(exchange.request.headers["content-length"] ?? 0) > bodyBytes;
  if (!isAnnounced) exchange.continue();
  readBody(exchange.request, { bodyBytes, bodiesBytes, bodies }, (received, held) => {
    if (typeof received !== "string") {
      void make(exchange, received, held, caller, input, served);
      return;
    }
    if (received === "crowded") refusals.count("bodies");
    exchange.closes = true; // what still comes is not read
    if (received === "aborted") abandon(exchange, input, served);
    else settle(exchange, bodyErrors[received](bodyBytes), input, served);
  });
}

async function make(
  exchange: Exchange,
  body: Buffer,
  held: HeldBody,
  caller: Caller,
  input: HandlerInput,
  served: Served,
): Promise<void> {
  const { running, room } = input;
  const { limits, calls } = served;
  if (running.size >= limits.concurrency) {
    room.bodies.release(held);
    settle(exchange, tooMany(), input, served);
    return;
  }
  const controller = new AbortController();
  const call: RunningCall = {
    controller,
    deadline: performance.now() + limits.timeMs,
    isGone: () => exchange.isGone,
    reads: false,
    isUncertain: () => mayHaveWritten(controller.signal),
    end: (why) => {
      room.bodies.release(held);
      if (why === "late") settle(exchange, givenUp(controller.signal), input, served);
      else abandon(exchange, input, served);
    },
  };
  running.add(call);
  try {
    const { path, params, key } = readCall(body, limits.depth, exchange.request.headers["idempotency-key"]);
    exchange.path = path;
    call.reads = calls.reads(path);
    if (!served.isOpen()) throw notReady();
    const { deadline } = call;
    const sent = { params, body };
    const run = { requestId: exchange.requestId, signal: controller.signal, deadline, depth: 0, key, sent };
    const answer = await calls.call(path, params, caller, run);
    assertSize(answer.data, limits.answerBytes, call.reads && !mayHaveWritten(controller.signal));
    settle(exchange, answer, input, served);
  } catch (error) {
    settle(exchange, trueOf(asError(error), controller.signal), input, served);
  } finally {
    running.delete(call);
    room.bodies.release(held);
  }
}

/** @throws {CallError} `answer_too_large`; where the call may have written, it says that it is done. */
function assertSize(json: string, most: number, reads: boolean): void {
  if (json.length * 3 <= most || Buffer.byteLength(json) <= most) return; // UTF-8 has at most three bytes for each
  throw reads ? answerTooLarge(most) : new DoneAnswerTooLarge(most);
}

/** Answers with the data's JSON or an error, and logs how it went. What comes after the first answer is dropped. */
function settle(
  exchange: Exchange,
  result: Answer | Error,
  { room, callLog }: HandlerInput,
  served: Served,
  headers: HeaderList = [],
): void {
  const error = result instanceof Error ? result : undefined;
  const outcome =
    result instanceof Error
      ? exchange.refuse(answerable(result), headers)
      : exchange.answer(200, `{"data":${result.data}${result.more ? ',"more":true' : ""}}`);
  if (outcome === undefined) return;
  exchange.watch(room.answers, served.limits.answersBytes);
  callLog.write(exchange, outcome, error, served);
}

/** Logs a call whose client is gone, and answers nobody. */
function abandon(exchange: Exchange, { callLog }: HandlerInput, served: Served): void {
  const outcome = exchange.abandon();
  if (outcome !== undefined) callLog.write(exchange, outcome, undefined, served);
}

const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error("Something was thrown that is no error.");

const answerable = (error: Error): CallError =>
  error instanceof CallError ? error : new CallError("internal", "The call failed.");

const isJson = (type: string | undefined): boolean =>
  type === "application/json" || (type !== undefined && /^application\/json\s*(?:;|$)/i.test(type));

/** No content coding but the one that is none (RFC 9110, 8.4.1). */
const isPlain = (encoding: string | undefined): boolean =>
  encoding === undefined || encoding.toLowerCase() === "identity";

function refuseMethod(exchange: Exchange, allowed: string): void {
  exchange.refuse(new CallError("method_not_allowed", `Use ${allowed}.`), ["allow", allowed]);
}
