import type { z } from "zod";
import type { Json } from "./canonical-json.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { ExitCode } from "./error.ts";

/** The files that diagnostics point into: the text of each, by its path from `root`. */
export type Sources = { readonly root: string; readonly sources: ReadonlyMap<string, string> };

/** Where a command writes. Facts go to standard output, everything else to standard error. */
export interface Output {
  /** One fact, as a line; with `--json` it is left out. */
  line(text?: string): void;
  /** All facts at once, for `--json`; without it nothing. Call it once, when they are known. */
  json(value: Json): void;
  /** What is being done, on standard error; left out with `--json`. */
  progress(text: string): void;
  /** A caution, on standard error, always shown. */
  warn(text: string): void;
  /** Problems with code frames; annotations under GitHub Actions. A project is one of these sources. */
  diagnostics(diagnostics: readonly Diagnostic[], project: Sources): void;
}

/** What a command is given beside its input; nothing else of the process is read. */
export type CommandContext = {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  output: Output;
  /** Aborted by SIGINT and SIGTERM. */
  signal: AbortSignal;
  /** Whether standard input and error are a terminal, so that a question can be asked. */
  interactive: boolean;
};

/** An option, with its flags as commander spells them: `--tag <reference>`. */
export type OptionDeclaration = { flags: string; description: string; repeatable?: boolean };
/** A positional argument. */
export type ArgumentDeclaration = { name: string; description: string; required: boolean };

/** A command of `stk` as a value; `cli` alone knows the argument parser. */
export type Command<Input = unknown> = {
  summary: string;
  description?: string;
  arguments: readonly ArgumentDeclaration[];
  /** By the camel-case name that the flag has in `input`. */
  options: Readonly<Record<string, OptionDeclaration>>;
  examples: readonly { command: string; does: string }[];
  input: z.ZodType<Input>;
  run(input: Input, context: CommandContext): Promise<ExitCode>;
};

/** Gives a command its types. */
export const defineCommand = <Input>(command: Command<Input>): Command<Input> => command;

/** `--project DIR`, which every command takes. */
export const projectOption: OptionDeclaration = {
  flags: "--project <directory>",
  description: "the project (default: the current directory or the nearest above it with a stk.yaml)",
};

/** `--json`, for every command that prints facts. */
export const jsonOption: OptionDeclaration = {
  flags: "--json",
  description: "print facts as one JSON object",
};
