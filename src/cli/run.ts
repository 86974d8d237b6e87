import type { CommandContext } from "../core/command.ts";
import { DiagnosticsError } from "../core/diagnostic.ts";
import { type ExitCode, exitCodes, StkError } from "../core/error.ts";
import { printable } from "../core/printable.ts";
import { stoppedBy } from "../core/stopped.ts";
import { asSystemError } from "../core/system-error.ts";
import { createOutput, type Streams } from "./output.ts";
import { parseCommandLine } from "./program.ts";

/** What `stk` needs of the process that it runs in. */
export type Process = Streams & Omit<CommandContext, "output"> & { version: string };

/**
 * Runs one command line of `stk`. Errors are shown here and nowhere else.
 *
 * @param words the command line after the program's name.
 */
export async function run(words: readonly string[], process: Process): Promise<ExitCode> {
  const json = words.includes("--json");
  if (words.length === 1 && (words[0] === "--version" || words[0] === "-V")) {
    process.write(`${process.version}\n`);
    return exitCodes.done;
  }
  try {
    const parsed = await parseCommandLine(helped(words), process);
    if ("exitCode" in parsed) return parsed.exitCode;
    return await parsed.run({ ...process, output: createOutput(process, parsed.json) });
  } catch (error) {
    if (!process.signal.aborted) return report(error, process, json);
    report(isInterrupted(error) ? error : new StkError("interrupted", "Stopped."), process, json);
    return stoppedBy(process.signal);
  }
}

/** Whether an error says what became of what was stopped. */
const isInterrupted = (error: unknown): boolean => error instanceof StkError && error.code === "interrupted";

/** `stk help COMMAND` as `stk COMMAND --help`. */
const helped = (words: readonly string[]): readonly string[] =>
  words[0] === "help" ? [...words.slice(1), "--help"] : words;

function report(error: unknown, process: Process, json: boolean): ExitCode {
  const known = error instanceof StkError ? error : asSystemError(error, process.env);
  const code = known?.code ?? "internal";
  const message = known?.message ?? wordsOf(error);
  const hint =
    known === undefined
      ? "This is a defect of stk. Run again with STK_DEBUG=true and report it."
      : known.hint;
  if (json)
    process.write(`${JSON.stringify({ error: { code, message, hint, ...facts(known) } }, null, 2)}\n`);
  else
    process.writeError(printable(`stk: ${message} (${code})\n${hint === undefined ? "" : `     ${hint}\n`}`));
  if (process.env.STK_DEBUG === "true" && error instanceof Error) process.writeError(`${error.stack}\n`);
  return known?.exitCode ?? exitCodes.failed;
}

/** What was thrown that is no error of ours: a package may throw an object that has no text. */
function wordsOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  if (typeof error !== "object" || error === null) return String(error);
  return `Something was thrown that is no error, with ${Object.keys(error).join(", ") || "nothing in it"}.`;
}

function facts(error: StkError | undefined): Record<string, unknown> {
  if (error instanceof DiagnosticsError) return { diagnostics: error.diagnostics };
  return error?.details === undefined ? {} : { details: error.details };
}
