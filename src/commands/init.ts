import { relative, resolve } from "node:path";
import { z } from "zod";
import { defineCommand, jsonOption } from "../core/command.ts";
import { exitCodes } from "../core/error.ts";
import { initProject } from "../dev/init-project.ts";

export const command = defineCommand({
  summary: "Make a project that works at once",
  description:
    "Writes a small project: schema, permissions, config, logic in SQL and TypeScript, seeds, and a workflow for CI. " +
    "It is named for its directory. No file that is there is overwritten.",
  arguments: [{ name: "directory", description: "where (default: the current directory)", required: false }],
  options: { json: jsonOption },
  examples: [
    { command: "stk init shop", does: "a project named shop in ./shop" },
    { command: "cd shop && npm install && npx stk dev", does: "run it" },
  ],
  input: z.strictObject({ directory: z.string().min(1).optional(), json: z.boolean().optional() }),
  async run({ directory = "." }, { cwd, output }) {
    const root = resolve(cwd, directory);
    const { name, files } = await initProject(root);
    const shown = relative(cwd, root) || ".";
    output.line(`Made ${name} in ${shown}: ${files.length} files.`);
    output.line();
    output.line("Next:");
    if (shown !== ".") output.line(`  cd ${shown}`);
    output.line("  npm install");
    output.line("  npx stk dev");
    output.json({ name, directory: root, files });
    return exitCodes.done;
  },
});
