import type { Command } from "../core/command.ts";

/** A command of the catalog; it is loaded only when it is run or described. */
export type Entry = { name: string; group: string; load(): Promise<Command> };

const loaders: Readonly<Record<string, Readonly<Record<string, () => Promise<{ command: Command }>>>>> = {
  Develop: {
    init: () => import("../commands/init.ts"),
    dev: () => import("../commands/dev.ts"),
    token: () => import("../commands/token.ts"),
    validate: () => import("../commands/validate.ts"),
  },
  Release: {
    bundle: () => import("../commands/bundle.ts"),
    "deploy image": () => import("../commands/deploy/image.ts"),
    inspect: () => import("../commands/inspect.ts"),
    run: () => import("../commands/run.ts"),
  },
  Database: {
    "schema snapshot": () => import("../commands/schema/snapshot.ts"),
    "schema plan": () => import("../commands/schema/plan.ts"),
    "schema apply": () => import("../commands/schema/apply.ts"),
    "schema lint": () => import("../commands/schema/lint.ts"),
    "schema diagram": () => import("../commands/schema/diagram.ts"),
    "schema drift": () => import("../commands/schema/drift.ts"),
    "schema history": () => import("../commands/schema/history.ts"),
  },
};

/** Every command of `stk`, in the order and under the headings of the help. */
export const catalog: readonly Entry[] = Object.entries(loaders).flatMap(([group, commands]) =>
  Object.entries(commands).map(([name, load]) => ({ name, group, load: async () => (await load()).command })),
);

/** The command that the words of a command line name, or undefined. Options between the words are not looked at. */
export function findEntry(words: readonly string[]): Entry | undefined {
  return catalog.find(({ name }) => name.split(" ").every((word, index) => words[index] === word));
}
