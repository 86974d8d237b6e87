import { defaults } from "../config/defaults.ts";
import type { Manifest, Setting } from "../schema/manifest.ts";
import { bytes, milliseconds } from "../schema/quantities.ts";
import { serverValues } from "../schema/server.ts";
import { StkError } from "../src/core/error.ts";

type Declared = Manifest["server"];
type Variable = Exclude<Setting, string>;
type Environment = Readonly<Record<string, string | undefined>>;

/** A part of the manifest in which every variable has its value. */
type Settled<T> = T extends Variable
  ? never
  : T extends readonly Setting[]
    ? readonly string[]
    : T extends object
      ? { readonly [Key in keyof T]: Settled<T[Key]> }
      : T;

/** The server's settings in this process. */
export type ServerSettings = Settled<Declared>;

/** A manifest whose settings of the server are those of this process. */
export type SettledManifest = Omit<Manifest, "server"> & { readonly server: ServerSettings };

/**
 * Reads the variables that `config/server.yaml` names. One that is absent leaves the default: where it must be there,
 * that was checked before.
 *
 * @throws {StkError} `invalid_variable`, which names all that cannot be read and shows none of their values.
 */
export function serverSettings(declared: Declared, environment: Environment): ServerSettings {
  const problems: string[] = [];
  const { limits, cors, log } = declared;

  function value<T extends number | boolean>(setting: T | Variable, otherwise: T, read: Read<T>): T {
    if (typeof setting !== "object") return setting;
    const text = environment[setting.env];
    if (!text) return otherwise;
    const found = read(text.trim());
    if (!("problem" in found)) return found.value;
    problems.push(`${setting.env}: ${found.problem}`);
    return otherwise;
  }

  const list = (settings: readonly Setting[], read: Read<string>): readonly string[] =>
    settings.flatMap((setting) => {
      if (typeof setting === "string") return [setting];
      const texts = (environment[setting.env] ?? "").split(",").map((text) => text.trim());
      return texts.flatMap((text, index) => {
        if (text === "") return [];
        const found = read(text);
        if (!("problem" in found)) return [found.value];
        problems.push(`${setting.env}, item ${index + 1}: ${found.problem}`);
        return [];
      });
    });

  const usual = defaults.limits;
  const bodyBytes = value(limits.bodyBytes, usual.bodyBytes, sizeOf);
  const answerBytes = value(limits.answerBytes, usual.answerBytes, sizeOf);
  const settings: ServerSettings = {
    limits: {
      bodyBytes,
      bodiesBytes: Math.max(bodyBytes, value(limits.bodiesBytes, usual.bodiesBytes, sizeOf)),
      answerBytes,
      answersBytes: Math.max(answerBytes, value(limits.answersBytes, usual.answersBytes, sizeOf)),
      depth: value(limits.depth, usual.depth, intOf("depth")),
      rows: value(limits.rows, usual.rows, intOf("rows")),
      timeMs: value(limits.timeMs, usual.timeMs, timeOf),
      concurrency: value(limits.concurrency, usual.concurrency, intOf("concurrency")),
      connections: value(limits.connections, usual.connections, intOf("connections")),
    },
    ...(cors && {
      cors: {
        origins: list(cors.origins, textOf("origin")),
        credentials: value(cors.credentials, false, flagOf),
        allowHeaders: list(cors.allowHeaders, textOf("header")),
        exposeHeaders: list(cors.exposeHeaders, textOf("header")),
        maxAgeMs: value(cors.maxAgeMs, defaults.cors.maxAgeMs, timeOf),
      },
    }),
    ...(log && {
      log: {
        ...(log.slowMs !== undefined && { slowMs: value(log.slowMs, Number.POSITIVE_INFINITY, timeOf) }),
        caller: value(log.caller, false, flagOf),
        ...addressOf(log.address === undefined ? [] : list([log.address], textOf("address"))),
      },
    }),
    ...(declared.lameduckMs !== undefined && {
      lameduckMs: value(declared.lameduckMs, defaults.lameduckMs, lameduckOf),
    }),
    drainMs: value(declared.drainMs, defaults.drainMs, timeOf),
  };
  if (settings.cors?.credentials === true && settings.cors.origins.includes("*"))
    problems.push("credentials and * of cors cannot be together: name the origins");
  if (problems.length === 0) return settings;
  throw new StkError("invalid_variable", `config/server.yaml cannot be read: ${problems.join("; ")}.`);
}

const addressOf = ([address]: readonly string[]) => (address === undefined ? {} : { address });

/** Reads the text of a variable as the file's own value would be read. */
type Read<T> = (text: string) => { readonly value: T } | { readonly problem: string };

const intOf =
  (name: "depth" | "rows" | "concurrency" | "connections"): Read<number> =>
  (text) => {
    const parsed = serverValues[name].safeParse(/^\d{1,9}$/.test(text) ? Number(text) : undefined);
    return parsed.success ? { value: parsed.data } : { problem: boundsOf(name) };
  };

const boundsOf = (name: "depth" | "rows" | "concurrency" | "connections"): string =>
  `write a whole number from ${serverValues[name].minValue} to ${serverValues[name].maxValue}`;

const textOf =
  (name: "body" | "time" | "lameduck" | "origin" | "header" | "address"): Read<string> =>
  (text) => {
    const parsed = serverValues[name].safeParse(text);
    if (parsed.success) return { value: parsed.data };
    return { problem: parsed.error.issues[0]?.message ?? "it cannot be read" };
  };

const numberOf =
  (name: "body" | "time" | "lameduck", scale: (text: string) => number): Read<number> =>
  (text) => {
    const found = textOf(name)(text);
    return "problem" in found ? found : { value: scale(found.value) };
  };

const sizeOf = numberOf("body", bytes);
const timeOf = numberOf("time", milliseconds);
const lameduckOf = numberOf("lameduck", milliseconds);

const flagOf: Read<boolean> = (text) =>
  text === "true" || text === "false" ? { value: text === "true" } : { problem: "write true or false" };
