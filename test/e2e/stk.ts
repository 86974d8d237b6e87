import path from "node:path";
import { execa } from "execa";
import { askService } from "../services/ask.ts";

/** What a command left behind. */
export type StkResult = { exitCode: number | undefined; stdout: string; stderr: string };

export type StkOptions = { cwd?: string; env?: Readonly<Record<string, string>> };

/** Runs the built `stk` as its users do: another process, without a terminal and without this process's environment. */
export async function stk(words: readonly string[], { cwd, env = {} }: StkOptions = {}): Promise<StkResult> {
  const command = await askService("/command");
  const { exitCode, stdout, stderr } = await execa(process.execPath, [command, ...words], {
    cwd: cwd ?? path.dirname(command),
    extendEnv: false,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdin: "ignore",
    reject: false,
    timeout: 120_000,
  });
  return { exitCode, stdout, stderr };
}

/** Like {@link stk}, for a command that must go well; gives its standard output. */
export async function stkDone(words: readonly string[], options?: StkOptions): Promise<string> {
  const { exitCode, stdout, stderr } = await stk(words, options);
  if (exitCode !== 0) throw new Error(`stk ${words.join(" ")} ended with ${exitCode}:\n${stdout}\n${stderr}`);
  return stdout;
}
