import process from "node:process";
import { createInterface } from "node:readline/promises";

/**
 * Asks a question on the terminal. Anything but `y` or `yes` is no, and so are the end of the input (Ctrl-D) and an
 * aborted signal. Ctrl-C is a SIGINT of the process, as it is outside of a question.
 */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  terminal.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  const isLeft = new Promise<undefined>((resolve) => {
    terminal.on("close", () => resolve(undefined));
    signal.addEventListener("abort", () => terminal.close(), { once: true });
  });
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `, { signal }), isLeft]);
    if (answer === undefined) process.stderr.write("\n");
    return /^y(es)?$/i.test(answer?.trim() ?? "");
  } finally {
    terminal.close();
  }
}
