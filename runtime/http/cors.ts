import type { Manifest } from "../../schema/manifest.ts";

/** Headers as a flat list of names and values, as node:http takes them fastest. */
export type HeaderList = readonly string[];

/** Lets browsers of some origins call (Fetch standard, "CORS protocol"). */
export type Cors = {
  /** Headers of an answer to a request of this origin. */
  answer(origin: string | undefined): HeaderList;
  /** Headers of the answer to a preflight request. */
  preflight(origin: string | undefined): HeaderList;
};

const none: HeaderList = [];

/** Compiles the origins of a manifest; undefined where it names none. */
export function compileCors(declared: Manifest["server"]["cors"]): Cors | undefined {
  if (declared === undefined) return undefined;
  const isOpen = declared.origins.includes("*");
  const origins = new Set(declared.origins.map((origin) => origin.replace(/\/$/, "")));
  const preflight = [
    "access-control-allow-methods",
    "POST",
    "access-control-allow-headers",
    "authorization, content-type, idempotency-key, x-request-id",
    "access-control-max-age",
    String(Math.floor(declared.maxAgeMs / 1_000)),
  ];
  const answer = (origin: string | undefined): HeaderList => {
    if (isOpen)
      return [
        "access-control-allow-origin",
        "*",
        "access-control-expose-headers",
        "x-request-id, retry-after",
      ];
    if (origin === undefined || !origins.has(origin)) return ["vary", "origin"];
    return [
      "vary",
      "origin",
      "access-control-allow-origin",
      origin,
      "access-control-expose-headers",
      "x-request-id, retry-after",
    ];
  };
  return {
    answer,
    preflight: (origin) =>
      isOpen || (origin !== undefined && origins.has(origin)) ? [...answer(origin), ...preflight] : none,
  };
}
