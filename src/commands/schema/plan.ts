import { resolve } from "node:path";
import { z } from "zod";
import { defineCommand, jsonOption } from "../../core/command.ts";
import { exitCodes } from "../../core/error.ts";
import { writePlanFile } from "./plan-file.ts";
import { planMarkdown } from "./plan-markdown.ts";
import { releaseOption, withPlans } from "./planning.ts";
import { plansAsJson } from "./plans-as-json.ts";
import { planScript, showPlan } from "./show-plan.ts";
import { selectionOptions, targetsOf } from "./targets.ts";

export const command = defineCommand({
  summary: "Show what would change in the database",
  description:
    "Compares the live database with schema/*.yaml and shows the SQL that leads from one to the other. What could lose " +
    "data is blocked, with what to do instead. Nothing is changed. Exit code 4: something is blocked.",
  arguments: [],
  options: {
    ...selectionOptions,
    release: releaseOption,
    out: { flags: "--out <file>", description: "write the plan to a file, to be approved and applied later" },
    sql: { flags: "--sql", description: "print the SQL alone, as a script" },
    markdown: { flags: "--markdown", description: "print Markdown, for a comment on a pull request" },
    exitCode: { flags: "--exit-code", description: "exit with 3 when changes are pending" },
    json: jsonOption,
  },
  examples: [
    { command: "stk schema plan", does: "shows what apply would do in the database of DATABASE_URL" },
    {
      command: "stk schema plan --env prod --exit-code",
      does: "exits with 3 when prod is not what is declared",
    },
    {
      command: "stk schema plan --out plan.json --markdown",
      does: "writes the plan to a file, and prints it for a pull request",
    },
    { command: "stk schema plan --connection analytics --sql", does: "prints the SQL for one connection" },
  ],
  input: z
    .strictObject({
      project: z.string().optional(),
      connection: z.string().optional(),
      env: z.string().optional(),
      release: z.string().min(1).optional(),
      out: z.string().min(1).optional(),
      sql: z.boolean().optional(),
      markdown: z.boolean().optional(),
      exitCode: z.boolean().optional(),
      json: z.boolean().optional(),
    })
    .refine(({ sql, markdown, json }) => [sql, markdown, json].filter(Boolean).length < 2, {
      message: "of --sql, --markdown and --json only one can be given",
    }),
  async run(input, context) {
    const { output } = context;
    const found = await targetsOf(input, context);
    const plans = await withPlans(found, input.release, context, async (open) =>
      open.map(({ planned, place }) => ({ ...planned.plan, place })),
    );
    for (const plan of plans) {
      if (input.sql === true) for (const text of planScript(plan)) output.line(text);
      else if (input.markdown === true) for (const text of planMarkdown(plan)) output.line(text);
      else showPlan(plan, output);
    }
    if (input.out !== undefined) {
      const file = resolve(context.cwd, input.out);
      writePlanFile(file, plans);
      output.progress(`wrote ${file}`);
    }
    output.json({ plans: plansAsJson(plans) });
    if (plans.some(({ blocked }) => blocked.length > 0)) return exitCodes.blocked;
    const isPending = plans.some(({ steps }) => steps.length > 0);
    return isPending && input.exitCode === true ? exitCodes.pending : exitCodes.done;
  },
});
