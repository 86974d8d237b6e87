import { z } from "zod";
import { type CommandContext, defineCommand, jsonOption, projectOption } from "../../core/command.ts";
import { assertNoErrors } from "../../core/diagnostic.ts";
import { exitCodes, StkError } from "../../core/error.ts";
import { printableLine } from "../../core/printable.ts";
import type { Database } from "../../database/database.ts";
import { planSchema } from "../../database/plan/plan.ts";
import { projectShadow } from "../../database/shadow/kept-shadow.ts";
import type { Shadow } from "../../database/shadow/shadow.ts";
import { findProject } from "../../project/find-project.ts";
import type { Project } from "../../project/project.ts";
import { readProject } from "../../project/read-project.ts";
import { declaredSchemas } from "../../snapshot/declared-schemas.ts";
import { type SnapshotResult, takeSnapshot } from "../../snapshot/take-snapshot.ts";
import { writeFiles } from "../../snapshot/write-files.ts";
import { withTarget } from "./open-target.ts";
import { addressOf, selectionOptions, unknown } from "./targets.ts";

const nothing = { enums: {}, tables: {} };

export const command = defineCommand({
  summary: "Write schema/*.yaml for a database that is there",
  description:
    "Reads the database in one read-only transaction and writes what is in it as declarations, such that a plan " +
    "against it is empty. Files that are there keep their comments and their order; only what differs is changed. What " +
    "no declaration can say is listed and left alone. Nothing is changed in the database.",
  arguments: [],
  options: {
    project: projectOption,
    connection: { flags: "--connection <name>", description: "one connection (default: all of the project)" },
    env: selectionOptions.env,
    schema: {
      flags: "--schema <name>",
      description:
        "a Postgres schema to manage beside what is declared (default, with nothing declared: all of them)",
      repeatable: true,
    },
    dryRun: { flags: "--dry-run", description: "list what would change in the files, and write nothing" },
    check: { flags: "--check", description: "write nothing, and exit with 3 when a file would change" },
    json: jsonOption,
  },
  examples: [
    { command: "stk schema snapshot", does: "declares the database of DATABASE_URL in schema/" },
    { command: "stk schema snapshot --dry-run", does: "lists what it would change in the files" },
    {
      command: "stk schema snapshot --env prod --check",
      does: "exits with 3 when prod is not what is declared",
    },
  ],
  input: z.strictObject({
    project: z.string().optional(),
    connection: z.string().optional(),
    env: z.string().optional(),
    schema: z.array(z.string().min(1)).optional(),
    dryRun: z.boolean().optional(),
    check: z.boolean().optional(),
    json: z.boolean().optional(),
  }),
  async run(input, context) {
    const { cwd, output } = context;
    const project = await readProject(findProject(cwd, input.project));
    const { declared, diagnostics } = declaredSchemas(project);
    output.diagnostics(diagnostics, project);
    assertNoErrors(diagnostics);
    const writes = input.dryRun !== true && input.check !== true;
    const shadow = projectShadow(project.root);
    try {
      const results: { connection: string; result: SnapshotResult }[] = [];
      for (const connection of connectionsOf(project, input.connection)) {
        const result = await withDatabase({ connection, project, input, context }, (database) =>
          takeSnapshot(database, {
            connection,
            project,
            declared: declared.get(connection) ?? nothing,
            schemas: input.schema,
            shadow,
          }),
        );
        show(connection, result, output);
        results.push({ connection, result });
        if (writes) writeFiles(project.root, result.files);
      }
      output.json({
        written: writes,
        connections: results.map(({ connection, result }) => ({
          connection,
          files: [...result.files.keys()].sort(),
          changes: result.changes,
          leftOut: result.leftOut,
        })),
      });
      if (writes)
        for (const { connection } of results) await verify({ connection, project, input, context }, shadow);
      const isPending = results.some(({ result }) => result.files.size > 0);
      return input.check === true && isPending ? exitCodes.pending : exitCodes.done;
    } finally {
      await shadow.close();
    }
  },
});

function connectionsOf(project: Project, asked: string | undefined): string[] {
  const all = Object.keys(project.connections?.value ?? {});
  if (asked === undefined) return all;
  if (all.includes(asked)) return [asked];
  throw unknown("connection", asked, all, "config/connections.yaml");
}

type Subject = {
  connection: string;
  project: Project;
  input: { env?: string | undefined };
  context: CommandContext;
};

function withDatabase<T>(
  { connection, project, input, context }: Subject,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const address = addressOf(connection, project, input, context.env);
  if (address === undefined) throw unknown("connection", connection, [], "config/connections.yaml");
  return withTarget({ connection, declared: nothing, ...address }, context, work);
}

function show(
  connection: string,
  { files, changes, leftOut }: SnapshotResult,
  { line }: CommandContext["output"],
): void {
  const signs = { add: "+", change: "~", remove: "-" };
  line(
    `${connection}: ${files.size === 0 ? "the files say what is in the database" : `${files.size} ${files.size === 1 ? "file" : "files"}`}`,
  );
  for (const [file, text] of files) {
    line(`  ${file}${text === undefined ? " (goes)" : ""}`);
    for (const change of changes)
      if (change.file === file) line(`    ${signs[change.change]} ${change.kind}: ${change.name}`);
  }
  if (leftOut.length === 0) return;
  line("  left out, since no declaration can say it; a plan leaves it alone:");
  for (const { kind, name, reason } of leftOut) line(printableLine(`    ${kind} ${name}: ${reason}`));
}

/** The promise of a snapshot, kept or not: a plan of what was written is empty. */
async function verify(subject: Subject, shadow: Shadow): Promise<void> {
  const { connection } = subject;
  const project = await readProject(subject.project.root);
  const { declared, diagnostics } = declaredSchemas(project);
  subject.context.output.diagnostics(diagnostics, project);
  assertNoErrors(diagnostics);
  const { plan } = await withDatabase({ ...subject, project }, (database) =>
    planSchema(database, { connection, declared: declared.get(connection) ?? nothing, shadow }),
  );
  const differences = [
    ...plan.steps.map(({ description }) => description),
    ...plan.blocked.map(({ message }) => message),
  ];
  if (differences.length === 0) return;
  throw new StkError(
    "snapshot_incomplete",
    `The files of ${connection} are written, and a plan of them is not empty: ${differences.slice(0, 10).join("; ")}`,
    {
      hint: "See stk schema plan. What removed: and renamedFrom: say is yet to be applied stays declared.",
      details: { connection, differences },
    },
  );
}
