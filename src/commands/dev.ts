import { z } from "zod";
import { defineCommand, projectOption } from "../core/command.ts";
import { port } from "../core/port.ts";
import { stoppedBy } from "../core/stopped.ts";
import { develop } from "../dev/develop.ts";
import { findProject } from "../project/find-project.ts";

export const command = defineCommand({
  summary: "Serve the project on this machine, and reload it on change",
  description:
    "Runs the Bridge on embedded databases that are kept in .stk, with the declared schema applied and the seeds " +
    "loaded. Changes of logic, permissions, config and schema are taken over without a restart; what is wrong is shown, " +
    "and the last good version goes on serving. Variables are read from .env too.",
  arguments: [],
  options: {
    port: { flags: "--port <number>", description: "where to listen (default: 8080; 0 takes a free one)" },
    host: { flags: "--host <address>", description: "the address to listen on (default: 127.0.0.1)" },
    reset: { flags: "--reset", description: "delete the development databases first, and all of their rows" },
    project: projectOption,
    json: { flags: "--json", description: "print where it serves as one JSON object, once it does" },
  },
  examples: [
    { command: "stk dev", does: "serves the project of the current directory on http://localhost:8080" },
    { command: "stk dev --port 3000", does: "on another port" },
    { command: "stk dev --reset", does: "with databases made anew from the schema and the seeds" },
  ],
  input: z.strictObject({
    port,
    host: z.string().min(1).default("127.0.0.1"),
    reset: z.boolean().default(false),
    project: z.string().optional(),
    json: z.boolean().optional(),
  }),
  async run({ project, host, port, reset }, context) {
    const root = findProject(context.cwd, project);
    await develop({ root, host, port, reset }, context);
    return stoppedBy(context.signal);
  },
});
