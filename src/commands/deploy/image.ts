import { z } from "zod";
import { defineCommand, jsonOption, projectOption } from "../../core/command.ts";
import { exitCodes } from "../../core/error.ts";
import { deployImage } from "../../deploy/deploy-image.ts";
import { parseFileLocation } from "../../deploy/location.ts";
import { openPlaces } from "../../deploy/places.ts";
import { findProject } from "../../project/find-project.ts";

const platform = z
  .string()
  .regex(/^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9]+)?$/, "write a platform as linux/amd64");

export const command = defineCommand({
  summary: "Bake a project into an image, and push or load it",
  description:
    "Bundles the project and adds it to a base as one layer. A tag with a registry is pushed, without an engine and " +
    "without downloading the base; one without goes to the project's image store (.stk/images) and into the Docker " +
    "engine where one answers. The same commit on the same base gives the same digest, which is the last line printed; " +
    "the built-in base is the same on machines of one kind, as it holds their libraries. Where stk.yaml has image:, a " +
    "bare word such as v1 is a tag of it.",
  arguments: [],
  options: {
    tag: {
      flags: "--tag <reference>",
      description: "the image's name: registry/repository:tag (repeatable)",
      repeatable: true,
    },
    base: {
      flags: "--base <image>",
      description:
        "the base: a reference, oci:DIRECTORY, tar:FILE or docker:NAME (default: base: in stk.yaml, else the built-in base)",
    },
    platform: {
      flags: "--platform <platform>",
      description:
        "linux/amd64 or linux/arm64 (repeatable; default: platforms: in stk.yaml, else all of the base)",
      repeatable: true,
    },
    push: { flags: "--push", description: "push, and fail where a tag names no registry" },
    load: { flags: "--load", description: "load into the Docker engine, whatever the tag" },
    output: { flags: "--output <place>", description: "write to oci:DIRECTORY or tar:FILE instead" },
    dryRun: { flags: "--dry-run", description: "bake and print the digest, but write the image nowhere" },
    project: projectOption,
    json: jsonOption,
  },
  examples: [
    {
      command: "stk deploy image --tag helpdesk:dev",
      does: "into the local store, and Docker where it runs",
    },
    { command: "stk deploy image --tag ghcr.io/acme/helpdesk:v1", does: "pushes, with no Docker" },
    {
      command:
        "stk deploy image --tag ghcr.io/acme/helpdesk:v1 --base ghcr.io/acme/bridge:1 --platform linux/amd64",
      does: "on a base of your own, for one of its platforms",
    },
    {
      command: "stk deploy image --tag helpdesk:v1 --output tar:helpdesk.tar",
      does: "a file for docker load",
    },
  ],
  input: z
    .strictObject({
      tag: z.array(z.string(), { error: "--tag names the image" }).min(1),
      base: z.string().optional(),
      platform: z.array(platform).min(1).optional(),
      push: z.boolean().optional(),
      load: z.boolean().optional(),
      output: z.string().optional(),
      dryRun: z.boolean().optional(),
      project: z.string().optional(),
      json: z.boolean().optional(),
    })
    .refine(({ push, load, output }) => [push, load, output].filter(Boolean).length <= 1, {
      error: "--push, --load and --output exclude each other",
    }),
  async run({ tag, base, platform, push, load, output: place, dryRun, project }, context) {
    const { cwd, env, output, signal } = context;
    const root = findProject(cwd, project);
    const places = openPlaces({ project: root, env, signal });
    const wish = push
      ? "push"
      : load
        ? "load"
        : place === undefined
          ? undefined
          : parseFileLocation(place, cwd);
    const { references, destinations, ...deployment } = await deployImage(
      { root, tags: tag, base, platforms: platform, wish, dryRun },
      { cwd, env, output, places, signal },
    );
    output.line(`base     ${deployment.base.name ?? deployment.base.source} ${deployment.base.digest}`);
    output.line(`bundle   ${deployment.bundleDigest}`);
    output.line(`platform ${deployment.platforms.join(", ")}`);
    for (const { kind, name } of destinations)
      output.line(`${kind.padEnd(8)} ${name}${dryRun ? " (not written)" : ""}`);
    output.line(deployment.digest);
    output.json({
      reference: references[0],
      references,
      ...deployment,
      destinations,
      dryRun: dryRun === true,
    });
    return exitCodes.done;
  },
});
