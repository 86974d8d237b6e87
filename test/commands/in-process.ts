import { run } from "../../src/cli/run.ts";

/** What a command wrote, and its exit code. */
export type Ran = { exitCode: number; stdout: string; stderr: string };

/** Runs one command line of `stk` in this process, without a terminal. */
export async function stk(
  words: readonly string[],
  { cwd, env = {}, signal }: { cwd: string; env?: Record<string, string>; signal?: AbortSignal },
): Promise<Ran> {
  const written = { stdout: "", stderr: "" };
  const exitCode = await run(words, {
    version: "0.0.0",
    cwd,
    env,
    signal: signal ?? new AbortController().signal,
    interactive: false,
    color: false,
    write: (text) => {
      written.stdout += text;
    },
    writeError: (text) => {
      written.stderr += text;
    },
  });
  return { exitCode, ...written };
}
