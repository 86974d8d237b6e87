import { z } from "zod";
import { compileProject } from "../compile/compile-project.ts";
import { defineCommand, jsonOption, projectOption } from "../core/command.ts";
import { exitCodes } from "../core/error.ts";
import { findProject } from "../project/find-project.ts";
import { readProject } from "../project/read-project.ts";

export const command = defineCommand({
  summary: "Check a project and show every problem at once",
  description:
    "Reads every file, checks what they say against each other, and has an embedded Postgres try the declared schema " +
    "and every SQL statement. Nothing outside the project is read or changed.",
  arguments: [],
  options: { project: projectOption, json: jsonOption },
  examples: [
    { command: "stk validate", does: "checks the project of the current directory" },
    { command: "stk validate --json", does: "prints the problems as JSON, for an editor or a script" },
  ],
  input: z.strictObject({ project: z.string().optional(), json: z.boolean().optional() }),
  async run(input, { cwd, output }) {
    const project = await readProject(findProject(cwd, input.project));
    const { diagnostics, sources, root } = await compileProject(project);
    const errors = diagnostics.filter(({ severity }) => severity === "error").length;
    const warnings = diagnostics.length - errors;
    output.diagnostics(diagnostics, { root, sources });
    output.json({ valid: errors === 0, diagnostics });
    const cautions = warnings === 0 ? "" : `, ${warnings} ${warnings === 1 ? "warning" : "warnings"}`;
    if (errors > 0) {
      output.line(`${errors} ${errors === 1 ? "problem" : "problems"}${cautions}.`);
      return exitCodes.failed;
    }
    output.line(`${project.settings.value.name} is valid${cautions}.`);
    return exitCodes.done;
  },
});
