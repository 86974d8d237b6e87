import { spawn } from "node:child_process";
import { once } from "node:events";
import { stripVTControlCharacters } from "node:util";
import { vi } from "vitest";
import { askService } from "../services/ask.ts";

/** A command line of `stk` that runs in a terminal. */
export type InTerminal = {
  /** What is on the screen so far, without colours. */
  screen(): string;
  /** Waits until something is on the screen. */
  shows(text: string): Promise<void>;
  /** Sends keys: `\x03` is Ctrl-C, `\x04` Ctrl-D, `\r` Enter. */
  type(keys: string): void;
  ended: Promise<number | null>;
};

/** Runs the built `stk` in a pseudo-terminal, as script(1) gives one. */
export async function inTerminal(
  words: string,
  { cwd, env = {} }: { cwd: string; env?: Readonly<Record<string, string>> },
): Promise<InTerminal> {
  const command = await askService("/command");
  const child = spawn(
    "script",
    ["-q", "-e", "-c", `'${process.execPath}' '${command}' ${words}`, "/dev/null"],
    {
      cwd,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TERM: "xterm", ...env },
    },
  );
  let written = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    written += text;
  });
  const screen = () => stripVTControlCharacters(written).replaceAll("\r\n", "\n");
  return {
    screen,
    shows: (text) =>
      vi.waitFor(
        () => {
          if (!screen().includes(text)) throw new Error(`Not on the screen: ${text}\n${screen()}`);
        },
        { timeout: 30_000, interval: 20 },
      ),
    type: (keys) => void child.stdin.write(keys),
    ended: once(child, "close").then(([code]) => code),
  };
}
