import { once } from "node:events";
import { z } from "zod";
import { defineCommand, projectOption } from "../core/command.ts";
import { exitCodes } from "../core/error.ts";
import { port } from "../core/port.ts";
import { stoppedBy } from "../core/stopped.ts";
import { untilReady } from "../dev/run/ready.ts";
import { runImage } from "../dev/run/run-image.ts";
import { findProject } from "../project/find-project.ts";

export const command = defineCommand({
  summary: "Run a baked image on this machine",
  description:
    "Runs an image of the project's store, of a registry, of docker:NAME, oci:DIRECTORY or tar:FILE: in Docker where it answers " +
    "(read-only, without capabilities, reachable from this machine alone), else its own Bridge in a process of the " +
    "pinned Node. It is given the variables that its manifest names, from the environment or .env, and nothing else.",
  arguments: [
    {
      name: "image",
      description: "what to run (default: what was stored last in .stk/images)",
      required: false,
    },
  ],
  options: {
    pglite: {
      flags: "--pglite",
      description:
        "on embedded databases with the image's schema and the project's seeds, believing stk token",
    },
    port: { flags: "--port <number>", description: "where to listen (default: 8080; 0 takes a free one)" },
    engine: { flags: "--engine", description: "in Docker, and fail where it does not answer" },
    local: { flags: "--local", description: "in a process of its own, whether or not Docker answers" },
    project: projectOption,
    json: { flags: "--json", description: "print what runs and where as one JSON object, once it is ready" },
  },
  examples: [
    { command: "stk run --pglite", does: "what was deployed last, with a database of its own" },
    { command: "stk run helpdesk:v1", does: "with the database of DATABASE_URL" },
    { command: "stk run ghcr.io/acme/helpdesk:v1 --pglite --port 3000", does: "an image of a registry" },
  ],
  input: z
    .strictObject({
      image: z.string().min(1).optional(),
      pglite: z.boolean().default(false),
      port,
      engine: z.boolean().default(false),
      local: z.boolean().default(false),
      project: z.string().optional(),
      json: z.boolean().optional(),
    })
    .refine(({ engine, local }) => !(engine && local), { error: "--engine and --local exclude each other" }),
  async run({ image, pglite, port, engine, local, project }, context) {
    const { cwd, output, signal } = context;
    const root = findProject(cwd, project);
    const place = engine ? "engine" : local ? "local" : undefined;
    const running = await runImage({ root, image, port, pglite, place }, context);
    try {
      const where = running.place === "docker" ? "in Docker" : "in a process of its own";
      output.progress(`started ${running.name} ${where}`);
      if (await untilReady(running, (reason) => output.warn(`not ready: ${reason}`), signal)) {
        const { name, digest, place } = running;
        const url = running.url.replace("127.0.0.1", "localhost");
        output.line(`Running ${name} on ${url}. Ctrl-C ends it.`);
        output.line(digest);
        output.json({ name, digest, url, place });
      }
      const ended = running.ended.then((code) => code);
      const code = signal.aborted
        ? undefined
        : await Promise.race([ended, once(signal, "abort").then(() => undefined)]);
      if (code === undefined) return stoppedBy(signal);
      output.warn(`${running.name} ended by itself with exit code ${code}.`);
      return exitCodes.failed;
    } finally {
      await running.stop();
    }
  },
});
