import { z } from "zod";
import { compileProject } from "../../compile/compile-project.ts";
import { defineCommand, jsonOption, projectOption } from "../../core/command.ts";
import { assertNoErrors } from "../../core/diagnostic.ts";
import { exitCodes } from "../../core/error.ts";
import { projectShadow } from "../../database/shadow/kept-shadow.ts";
import { lentShadow } from "../../database/shadow/lent-shadow.ts";
import { lintProject } from "../../lint/lint.ts";
import { findProject } from "../../project/find-project.ts";
import { readProject } from "../../project/read-project.ts";
import { assertConnection } from "./assert-connection.ts";

export const command = defineCommand({
  summary: "Find what will hurt in the declared schema",
  description:
    "Looks through schema/*.yaml for what databases regret: foreign keys without an index, keys that run out, types " +
    "that mislead, views past row security. No database is asked. What is meant so says so where it stands: lint: " +
    "{ RULE: the reason }. Exit code 1: something was found.",
  arguments: [],
  options: {
    project: projectOption,
    connection: { flags: "--connection <name>", description: "one connection (default: all)" },
    json: jsonOption,
  },
  examples: [
    { command: "stk schema lint", does: "shows what it finds, each with its place and a way out" },
    { command: "stk schema lint --json", does: "gives it as JSON, for an editor or a script" },
  ],
  input: z.strictObject({
    project: z.string().optional(),
    connection: z.string().optional(),
    json: z.boolean().optional(),
  }),
  async run(input, { cwd, output }) {
    const project = await readProject(findProject(cwd, input.project));
    const shadow = projectShadow(project.root);
    try {
      const compilation = await compileProject(project, { openShadow: async () => lentShadow(shadow) });
      output.diagnostics(compilation.diagnostics, compilation);
      assertNoErrors(compilation.diagnostics);
      const connections = assertConnection(compilation.declared, input.connection);
      const findings = await lintProject(project, shadow, connections);
      output.diagnostics(findings, compilation);
      output.json({ findings });
      const { length } = findings;
      output.line(length === 0 ? "Nothing found." : `${length} ${length === 1 ? "finding" : "findings"}.`);
      return length === 0 ? exitCodes.done : exitCodes.failed;
    } finally {
      await shadow.close();
    }
  },
});
