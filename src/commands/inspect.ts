import { z } from "zod";
import { defineCommand, jsonOption, projectOption } from "../core/command.ts";
import { exitCodes } from "../core/error.ts";
import { type Inspection, inspect } from "../deploy/inspect.ts";
import { inspectionLines } from "../deploy/inspection-lines.ts";
import { findProject } from "../project/find-project.ts";

export const command = defineCommand({
  summary: "Show what is in an image or a bundle",
  description:
    "Reads an image from its registry, without a registry from the project's store, as docker:NAME from the Docker " +
    "engine, or from a file; or a bundle. Of an image only " +
    "manifests, configs and the bundle's layer are read.",
  arguments: [
    {
      name: "image",
      description:
        "a reference, docker:NAME, oci:DIRECTORY[:NAME], tar:FILE, a bundle's .tgz or manifest.json",
      required: true,
    },
  ],
  options: { project: projectOption, json: jsonOption },
  examples: [
    {
      command: "stk inspect ghcr.io/acme/helpdesk:v1",
      does: "digest, base, layers, calls with access, variables",
    },
    { command: "stk inspect dist/santokit-bundle.tgz --json", does: "a bundle's calls, as JSON" },
  ],
  input: z.strictObject({
    image: z.string().min(1),
    project: z.string().optional(),
    json: z.boolean().optional(),
  }),
  async run({ image, project }, { cwd, env, output, signal }) {
    const inspection: Inspection = await inspect(image, {
      cwd,
      env,
      project: project === undefined ? undefined : findProject(cwd, project),
      signal,
    });
    for (const line of inspectionLines(inspection)) output.line(line);
    output.json(inspection);
    return exitCodes.done;
  },
});
