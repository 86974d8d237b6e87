import { Command as Commander, CommanderError, Option } from "commander";
import type { z } from "zod";
import type { ArgumentDeclaration, Command, CommandContext } from "../core/command.ts";
import { type ExitCode, exitCodes, StkError } from "../core/error.ts";
import { catalog, type Entry, findEntry } from "./catalog.ts";
import { meantCommand } from "./meant-command.ts";

/** What the argument parser needs of the process. */
export type ProgramOptions = { version: string; write(text: string): void; writeError(text: string): void };

/** What a command line asks for: a command to run with its input, or an exit code where that was all. */
export type Parsed =
  | { run(context: CommandContext): Promise<ExitCode>; json: boolean }
  | { exitCode: ExitCode };

/**
 * Reads a command line. Only the command that it names is loaded; the help of all loads all.
 *
 * @param words the command line after the program's name.
 */
export async function parseCommandLine(words: readonly string[], options: ProgramOptions): Promise<Parsed> {
  const entry = findEntry(words);
  const entries = entry === undefined ? catalog : [entry];
  let parsed: Parsed = { exitCode: exitCodes.usage };
  const program = programOf(options);
  for (const each of entries) {
    const command = await each.load();
    add(program, each, command).action((...received: unknown[]) => {
      const input = inputOf(command, received);
      parsed = { run: (context) => command.run(input, context), json: isJson(input) };
    });
  }
  try {
    await program.parseAsync(words, { from: "user" });
    return parsed;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { exitCode: exitCodes.done };
    // A command that is only the beginning of others has shown them.
    if (error.code === "commander.help") return { exitCode: exitCodes.usage };
    throw error.code === "commander.unknownCommand" ? unknownCommand(words) : misused(error);
  }
}

/** commander knows the words of one level, and would name `apply` where `schema apply` is meant. */
function unknownCommand(words: readonly string[]): StkError {
  const names = catalog.map(({ name }) => name);
  const { said, meant } = meantCommand(words, names);
  return usage(
    `There is no command \`${said}\`.`,
    meant === undefined ? "Run stk --help to see all commands." : `Did you mean \`stk ${meant}\`?`,
  );
}

/** commander's `error: unknown option '--jsn'\n(Did you mean --json?)` as an error of ours. */
function misused({ message }: CommanderError): StkError {
  const [said = "", suggestion] = message.replace(/^error: /, "").split("\n");
  const text = `${said.slice(0, 1).toUpperCase()}${said.slice(1).replace(/\.$/, "")}.`;
  return usage(text, suggestion?.replace(/^\((.*)\)$/, "$1"));
}

const usage = (message: string, hint = "Run it with --help to see what is accepted."): StkError =>
  new StkError("invalid_usage", message, { hint, exitCode: exitCodes.usage });

function programOf({ version, write, writeError }: ProgramOptions): Commander {
  return new Commander("stk")
    .description(
      "Turn a repository of declarations into one image that serves a permissioned API over Postgres.",
    )
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand(false)
    .usage("COMMAND [options]")
    .configureHelp({ visibleCommands: leavesOf, subcommandTerm: nameOf })
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: writeError, outputError: () => undefined })
    .addHelpText("after", "\nRun `stk COMMAND --help` for one command, with examples.\n");
}

/** The commands that do something, however deep they are nested. */
const leavesOf = ({ commands }: Commander): Commander[] =>
  commands.flatMap((command) => (command.commands.length === 0 ? [command] : leavesOf(command)));

/** The words that name a command, without the program's own. */
const nameOf = (command: Commander): string =>
  command.parent?.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();

function add(program: Commander, { name, group }: Entry, command: Command): Commander {
  const words = name.split(" ");
  const leaf = words.pop() ?? name;
  const parent = words.reduce((above, word) => nested(above, word, group), program);
  const added = parent
    .command([leaf, ...command.arguments.map(usageOf)].join(" "))
    .summary(command.summary)
    .description(command.description ?? command.summary)
    .helpGroup(`${group}:`)
    .allowExcessArguments(false)
    .addHelpText("after", examplesOf(command));
  command.arguments.forEach(({ description }, index) => {
    const argument = added.registeredArguments[index];
    if (argument !== undefined) argument.description = description;
  });
  for (const { flags, description, repeatable } of Object.values(command.options)) {
    const option = new Option(flags, description);
    added.addOption(repeatable === true ? option.argParser(collect) : option);
  }
  return added;
}

function nested(above: Commander, word: string, group: string): Commander {
  const existing = above.commands.find((each) => each.name() === word);
  return (
    existing ?? above.command(word).helpGroup(`${group}:`).summary(`${word} commands`).helpCommand(false)
  );
}

const usageOf = ({ name, required }: ArgumentDeclaration): string => (required ? `<${name}>` : `[${name}]`);

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

const examplesOf = ({ examples }: Command): string =>
  examples.length === 0
    ? ""
    : `\nExamples:\n${examples.map(({ command, does }) => `  $ ${command}\n      ${does}`).join("\n")}\n`;

/** commander hands over each argument, then the options. */
function inputOf(command: Command, received: readonly unknown[]): unknown {
  const positional = command.arguments.map(({ name }, index) => [name, received[index]] as const);
  const options = received[command.arguments.length];
  const given = { ...Object.fromEntries(positional), ...(typeof options === "object" ? options : {}) };
  const result = command.input.safeParse(given);
  if (result.success) return result.data;
  throw usage(result.error.issues.map((issue) => sentenceOf(command, issue)).join("\n     "));
}

/** What is wrong, with the flag or the argument that it is wrong in. */
function sentenceOf({ options }: Command, { path: [key], message }: z.core.$ZodIssue): string {
  const name = String(key ?? "");
  const flag = options[name]?.flags.split(" ", 1)[0] ?? name;
  return flag === "" || message.startsWith(flag) ? `${message}.` : `${flag}: ${message}.`;
}

const isJson = (input: unknown): boolean =>
  typeof input === "object" && input !== null && "json" in input && input.json === true;
