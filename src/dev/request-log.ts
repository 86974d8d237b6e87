import { pino } from "pino";
import { z } from "zod";
import type { Log } from "../../runtime/log.ts";
import type { Output } from "../core/command.ts";
import { printableLine } from "../core/printable.ts";

const described = z.looseObject({
  message: z.string(),
  code: z.string().optional(),
  stack: z.string().optional(),
  get cause() {
    return described.optional();
  },
});
type Described = z.infer<typeof described>;

const line = z.looseObject({
  level: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]),
  msg: z.string().default(""),
  path: z.string().optional(),
  status: z.int().optional(),
  code: z.string().optional(),
  ms: z.number().optional(),
  error: described.optional(),
});

/** Where the lines for a person go. */
type Lines = Pick<Output, "progress" | "warn">;

/** The Bridge's log for a person at a terminal. */
export const requestLog = (output: Lines): Log =>
  pino(
    { base: null, timestamp: false, formatters: { level: (label) => ({ level: label }) } },
    { write: logReader(output) },
  );

/** Reads lines of the Bridge's log, and shows a short one per call, what logic logs, and cautions once. */
export function logReader(output: Lines): (line: string) => void {
  const warned = new Set<string>();
  return (text) => {
    const parsed = line.safeParse(jsonOf(text));
    if (!parsed.success) return output.progress(text.trimEnd());
    const {
      level,
      msg,
      path = "",
      status,
      code,
      ms = 0,
      error,
      time: _,
      requestId: __,
      ...rest
    } = parsed.data;
    const isCaution = level === "warn" || level === "error" || level === "fatal";
    if (status !== undefined) {
      output.progress(
        `${status} ${printableLine(path) || "(no path)"} ${ms} ms${code === undefined ? "" : `  ${code}`}`,
      );
      if (error !== undefined) output.warn(storyOf(error).join("\n"));
      return;
    }
    if (error !== undefined) return output.warn(`${path}: ${msg}\n${storyOf(error).join("\n")}`);
    const fields = Object.keys(rest).length === 0 ? "" : ` ${JSON.stringify(rest)}`;
    const said = `${path === "" ? "" : `${path}: `}${msg}${fields}`;
    // What the Bridge says of itself is for those who operate it; what logic says has the call's path.
    if (!isCaution && path !== "") output.progress(said);
    if (!isCaution || warned.has(said)) return;
    warned.add(said);
    output.warn(said);
  };
}

const shownLines = 4;

/** What was thrown, and the lines of the project that led there. */
function shortStack({ message, stack = message }: Described): string {
  const lines = stack.split("\n").filter((text) => !/^\s+at .*\bnode:/.test(text));
  const ours = lines.filter(
    (text, index) => index === 0 || !/^\s+at /.test(text) || /logic\/.*:\d+:\d+/.test(text),
  );
  return (ours.length > 1 ? ours : lines).slice(0, shownLines + 1).join("\n");
}

/** An error and its causes, without what the client was told where there is a cause. */
function storyOf(error: Described): string[] {
  const { code, cause } = error;
  const said = `${shortStack(error)}${code === undefined ? "" : ` (${code})`}`;
  if (cause === undefined) return [said];
  return [...(code === "internal" ? [] : [said]), ...storyOf(cause)];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
