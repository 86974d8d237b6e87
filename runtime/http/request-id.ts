import { randomUUID } from "node:crypto";

const sane = /^[A-Za-z0-9._:+/=-]{1,64}$/;

/** The id that a client or proxy gave a request, where it can stand in a header and a log; else a new one. */
export const requestId = (given: string | string[] | undefined): string =>
  typeof given === "string" && sane.test(given) ? given : randomUUID();
