import type { ServerSettings } from "../server-settings.ts";
import { compileOrigins } from "./origins.ts";

/** Headers as a flat list of names and values, as node:http takes them fastest. */
export type HeaderList = readonly string[];

/** Lets browsers of some origins call (Fetch standard, "CORS protocol"). */
export type Cors = {
  /** Headers of an answer to a request of this origin. */
  answer(origin: string | undefined): HeaderList;
  /** Headers of the answer to a preflight request. */
  preflight(origin: string | undefined): HeaderList;
};

/** What browsers may send to a call, and read of its answer, without being told so. */
const allowed = [
  "authorization",
  "content-type",
  "idempotency-key",
  "traceparent",
  "tracestate",
  "baggage",
  "x-request-id",
];
const exposed = ["x-request-id", "retry-after"];

const refused: HeaderList = ["vary", "origin"];

/** Compiles the origins of a release; undefined where it names none. */
export function compileCors(settings: ServerSettings["cors"]): Cors | undefined {
  if (settings === undefined) return undefined;
  const { credentials } = settings;
  const isOpen = settings.origins.includes("*");
  const isNamed = compileOrigins(settings.origins);
  const shared = [
    "access-control-expose-headers",
    listOf(exposed, settings.exposeHeaders),
    ...(credentials ? ["access-control-allow-credentials", "true"] : []),
  ];
  const open: HeaderList = ["access-control-allow-origin", "*", ...shared];
  const preflight = [
    "access-control-allow-methods",
    "POST",
    "access-control-allow-headers",
    listOf(allowed, settings.allowHeaders),
    "access-control-max-age",
    String(Math.floor(settings.maxAgeMs / 1_000)),
  ];
  const answer = (origin: string | undefined): HeaderList => {
    if (isOpen) return open;
    if (origin === undefined || !isNamed(origin)) return refused;
    return [...refused, "access-control-allow-origin", origin, ...shared];
  };
  return {
    answer,
    preflight: (origin) => {
      const headers = answer(origin);
      return headers === refused ? refused : [...headers, ...preflight];
    },
  };
}

const listOf = (own: readonly string[], more: readonly string[]): string =>
  [...new Set([...own, ...more.map((name) => name.toLowerCase())])].join(", ");
