import { relative, resolve } from "node:path";
import { z } from "zod";
import { defineCommand, jsonOption, projectOption } from "../core/command.ts";
import { exitCodes } from "../core/error.ts";
import { initProject } from "../dev/init-project.ts";

export const command = defineCommand({
  summary: "Make a project that works at once",
  description:
    "Writes a small project: schema, permissions, config, logic in SQL and TypeScript, seeds, and a workflow for CI. " +
    "It is named for its directory. No file that is there is overwritten: a README.md stays as it is, a .gitignore gets " +
    "the lines that it lacks, and with any other file in the way nothing is written.",
  arguments: [{ name: "directory", description: "where (default: the current directory)", required: false }],
  options: {
    project: { ...projectOption, description: "the same as the argument, as the other commands name it" },
    json: jsonOption,
  },
  examples: [
    { command: "stk init shop", does: "a project named shop in ./shop" },
    { command: "cd shop && npm install && npx stk dev", does: "run it" },
  ],
  input: z
    .strictObject({
      directory: z.string().min(1).optional(),
      project: z.string().min(1).optional(),
      json: z.boolean().optional(),
    })
    .refine(({ directory, project }) => directory === undefined || project === undefined, {
      error: "give the directory once, as the argument or with --project",
    }),
  async run({ directory, project }, { cwd, output }) {
    const root = resolve(cwd, directory ?? project ?? ".");
    const { name, files, extended, kept } = await initProject(root);
    const way = relative(cwd, root) || ".";
    const shown = way.startsWith("..") ? root : way;
    output.line(`Made ${name} in ${shown}: ${files.length} files.`);
    for (const path of extended) output.line(`${path} was there: the lines that it lacked were added.`);
    for (const path of kept) output.line(`${path} was there, and is as it was.`);
    output.line();
    output.line("Next:");
    if (shown !== ".") output.line(`  cd ${quoted(shown)}`);
    output.line("  npm install");
    output.line("  npx stk dev");
    output.json({ name, directory: root, files, extended, kept });
    return exitCodes.done;
  },
});

/** A path as a POSIX shell reads it. */
const quoted = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
