import { existsSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import { authFile } from "../../schema/auth.ts";
import { connectionsFile } from "../../schema/connections.ts";
import { environmentsFile } from "../../schema/environments.ts";
import { permissionsFile } from "../../schema/permissions.ts";
import { projectFile } from "../../schema/project.ts";
import { schemaFile } from "../../schema/schema-file.ts";
import { serverFile } from "../../schema/server.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import { StkError } from "../core/error.ts";
import { unreadFiles } from "./config-files.ts";
import { projectFileName } from "./find-project.ts";
import { listFiles } from "./list-files.ts";
import { readLogic } from "./logic-files.ts";
import { parseDeclaration } from "./parse.ts";
import { startOf } from "./problem.ts";
import type { Parsed, Project } from "./project.ts";
import { exposedEnvFiles } from "./root-env.ts";
import { createSourceReader } from "./source-reader.ts";

/**
 * Reads every file of the project at `root`. Problems with them are collected, never thrown.
 *
 * @throws {StkError} `project_not_found` where `root` holds no stk.yaml.
 */
export async function readProject(root: string): Promise<Project> {
  if (!existsSync(join(root, projectFileName)))
    throw new StkError("project_not_found", `There is no ${projectFileName} in ${root}.`, {
      hint: "Make a project with: stk init",
    });
  const diagnostics: Diagnostic[] = [];
  const reader = createSourceReader(root, diagnostics);
  const list = (folder: string): string[] => {
    const listing = listFiles(root, folder);
    diagnostics.push(...listing.diagnostics);
    return listing.files;
  };
  const config = list("config");
  const parse = <T>(format: z.ZodType<T>, file: string): Parsed<T> | undefined => {
    if (file.startsWith("config/") && !config.includes(file)) return undefined;
    const text = reader.read(file);
    if (text === undefined) return undefined;
    const result = parseDeclaration(format, text, file);
    diagnostics.push(...result.diagnostics);
    return result.parsed;
  };

  const schemas = list("schema");
  const seeds = list("seeds");
  diagnostics.push(...unreadFiles(config, schemas, seeds), ...exposedEnvFiles(root));
  return {
    root,
    settings: parse(projectFile, projectFileName) ?? unnamed,
    schemas: schemas
      .filter((file) => file.endsWith(".yaml"))
      .flatMap((file) => parse(schemaFile, file) ?? []),
    schemaSql: new Map(
      schemas
        .filter((file) => file.endsWith(".sql"))
        .flatMap((file) => {
          const text = reader.read(file);
          return text === undefined ? [] : [[file, text] as const];
        }),
    ),
    permissions: parse(permissionsFile, "config/permissions.yaml"),
    connections: parse(connectionsFile, "config/connections.yaml"),
    auth: parse(authFile, "config/auth.yaml"),
    environments: parse(environmentsFile, "config/environments.yaml"),
    server: parse(serverFile, "config/server.yaml"),
    logic: readLogic(list("logic"), reader, diagnostics),
    seeds: seeds
      .filter((file) => file.endsWith(".sql"))
      .flatMap((file) => {
        const text = reader.read(file);
        return text === undefined ? [] : [{ file, text }];
      }),
    diagnostics: diagnostics.map((diagnostic) => redacted(diagnostic, reader.redact)),
    sources: reader.sources,
    redact: reader.redact,
  };
}

/** Stands for an stk.yaml that could not be read, which is among the diagnostics. */
const unnamed: Parsed<z.infer<typeof projectFile>> = {
  file: projectFileName,
  value: { name: "project" },
  raw: {},
  at: () => startOf(projectFileName),
};

const redacted = (diagnostic: Diagnostic, redact: (text: string) => string): Diagnostic => ({
  ...diagnostic,
  message: redact(diagnostic.message),
  ...(diagnostic.hint === undefined ? {} : { hint: redact(diagnostic.hint) }),
});
