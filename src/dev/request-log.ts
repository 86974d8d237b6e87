import { pino } from "pino";
import { z } from "zod";
import type { Log } from "../../runtime/log.ts";
import type { Output } from "../core/command.ts";

const line = z.looseObject({
  level: z.int(),
  msg: z.string().default(""),
  path: z.string().optional(),
  status: z.int().optional(),
  code: z.string().optional(),
  ms: z.number().optional(),
  error: z.looseObject({ message: z.string(), stack: z.string().optional() }).optional(),
});

const shownByItself = new Set(["level", "msg", "path", "status", "code", "ms", "requestId", "error"]);
const warning = 40;

/** The Bridge's log for a person at a terminal: one short line per call, what logic logs, and cautions once. */
export function requestLog(output: Pick<Output, "progress" | "warn">): Log {
  const warned = new Set<string>();
  const show = (text: string): void => {
    const { level, msg, path = "", status, code, ms = 0, error, ...rest } = line.parse(JSON.parse(text));
    if (status !== undefined) {
      output.progress(`${status} ${path || "(no path)"} ${ms} ms${code === undefined ? "" : `  ${code}`}`);
      if (error !== undefined) output.warn(error.stack ?? error.message);
      return;
    }
    const fields = Object.fromEntries(Object.entries(rest).filter(([name]) => !shownByItself.has(name)));
    const said = `${path === "" ? "" : `${path}: `}${msg}${Object.keys(fields).length === 0 ? "" : ` ${JSON.stringify(fields)}`}`;
    // What the Bridge says of itself is for those who operate it; what logic says has the call's path.
    if (level < warning && path !== "") output.progress(said);
    if (level < warning || warned.has(said)) return;
    warned.add(said);
    output.warn(said);
  };
  return pino({ base: null, timestamp: false }, { write: show });
}
