import { writeFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { z } from "zod";
import type { PlannableSchema } from "../../../schema/declared.ts";
import type { Compilation } from "../../compile/compilation.ts";
import { compileProject } from "../../compile/compile-project.ts";
import { defineCommand, jsonOption, projectOption } from "../../core/command.ts";
import { assertNoErrors } from "../../core/diagnostic.ts";
import { exitCodes, StkError } from "../../core/error.ts";
import { projectShadow } from "../../database/shadow/kept-shadow.ts";
import { lentShadow } from "../../database/shadow/lent-shadow.ts";
import { entityGraph } from "../../diagram/entity-graph.ts";
import { mermaidOf } from "../../diagram/mermaid.ts";
import { svgOf } from "../../diagram/svg.ts";
import { findProject } from "../../project/find-project.ts";
import { readProject } from "../../project/read-project.ts";
import { assertConnection } from "./assert-connection.ts";

const writers = { mermaid: mermaidOf, svg: svgOf };

export const command = defineCommand({
  summary: "Draw the declared tables and their relations",
  description:
    "As a Mermaid entity relationship diagram, which GitHub shows in Markdown, or as an SVG image. The same declaration " +
    "gives the same bytes, so that a diagram can be committed and compared. No database is asked.",
  arguments: [],
  options: {
    project: projectOption,
    connection: { flags: "--connection <name>", description: "which connection, where several have tables" },
    format: {
      flags: "--format <format>",
      description: "mermaid or svg (default: by the name of the file, else mermaid)",
    },
    out: { flags: "--out <file>", description: "write it to a file (default: standard output)" },
    json: jsonOption,
  },
  examples: [
    { command: "stk schema diagram", does: "prints Mermaid" },
    { command: "stk schema diagram --out docs/schema.svg", does: "writes an image" },
  ],
  input: z.strictObject({
    project: z.string().optional(),
    connection: z.string().optional(),
    format: z.enum(["mermaid", "svg"]).optional(),
    out: z.string().min(1).optional(),
    json: z.boolean().optional(),
  }),
  async run(input, { cwd, output }) {
    const project = await readProject(findProject(cwd, input.project));
    const shadow = projectShadow(project.root);
    try {
      const compilation = await compileProject(project, { openShadow: async () => lentShadow(shadow) });
      output.diagnostics(compilation.diagnostics, compilation);
      assertNoErrors(compilation.diagnostics);
      const { connection, schema } = chosen(compilation.declared, input.connection);
      const graph = entityGraph(await shadow.model(schema));
      const format = input.format ?? (extname(input.out ?? "") === ".svg" ? "svg" : "mermaid");
      const text = writers[format](graph);
      if (input.out === undefined) output.line(text.trimEnd());
      else await write(resolve(cwd, input.out), `${text.trimEnd()}\n`, input.out);
      output.json({
        connection,
        format,
        tables: graph.entities.length,
        relations: graph.relations.length,
        ...(input.out === undefined ? { diagram: text } : { out: input.out }),
      });
      if (input.out !== undefined)
        output.line(
          `${input.out}: ${counted(graph.entities, "table")}, ${counted(graph.relations, "relation")}`,
        );
    } finally {
      await shadow.close();
    }
    return exitCodes.done;
  },
});

/** The connection to draw: the one that was asked for, or the only one that has tables. */
function chosen(
  declared: Compilation["declared"],
  asked: string | undefined,
): { connection: string; schema: PlannableSchema } {
  const drawn = assertConnection(declared, asked).filter(
    (name) => name === asked || Object.keys(declared[name]?.tables ?? {}).length > 0,
  );
  if (drawn.length > 1)
    throw new StkError("several_connections", `There are tables in ${drawn.join(", ")}.`, {
      hint: "Name one with --connection.",
      exitCode: exitCodes.usage,
    });
  const [connection] = drawn;
  const schema = connection === undefined ? undefined : declared[connection];
  if (connection === undefined || schema === undefined)
    throw new StkError("no_tables", "No table is declared, so there is nothing to draw.", {
      hint: "Declare one in schema/*.yaml.",
    });
  return { connection, schema };
}

const counted = ({ length }: readonly unknown[], word: string): string =>
  `${length} ${length === 1 ? word : `${word}s`}`;

async function write(file: string, text: string, named: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    throw new StkError("missing_directory", `There is no directory for ${named}.`, {
      hint: "Make it first, or name another file.",
      cause: error,
    });
  }
}
