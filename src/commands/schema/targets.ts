import { defaults } from "../../../config/defaults.ts";
import type { PlannableSchema } from "../../../schema/declared.ts";
import { variableOf } from "../../../schema/names.ts";
import { milliseconds } from "../../../schema/quantities.ts";
import { compileProject } from "../../compile/compile-project.ts";
import { schemaPart } from "../../compile/schema-part.ts";
import { type CommandContext, projectOption } from "../../core/command.ts";
import { assertNoErrors } from "../../core/diagnostic.ts";
import { exitCodes, StkError } from "../../core/error.ts";
import { suggest } from "../../core/suggest.ts";
import { projectShadow } from "../../database/shadow/kept-shadow.ts";
import { lentShadow } from "../../database/shadow/lent-shadow.ts";
import type { Shadow } from "../../database/shadow/shadow.ts";
import { shownUrl } from "../../database/shown-url.ts";
import { findProject } from "../../project/find-project.ts";
import type { Project } from "../../project/project.ts";
import { readProject } from "../../project/read-project.ts";
import type { Place } from "./place.ts";

/** Which databases are meant. */
export type Selection = { [Name in keyof typeof selectionOptions]?: string | undefined };

/** `--project`, `--connection` and `--env`, as every command has them that asks databases. */
export const selectionOptions = {
  project: projectOption,
  connection: {
    flags: "--connection <name>",
    description: "one connection (default: all that declare something)",
  },
  env: {
    flags: "--env <name>",
    description: "the environment of config/environments.yaml whose databases are meant",
  },
};

/** A database, and what is declared for it. The URL holds a password and is never shown: `place` is. */
export type Target = {
  connection: string;
  declared: PlannableSchema;
  url: string;
  place: Place;
  connectTimeoutMs: number;
};

/**
 * The databases of a project for which something is declared, or the one that was asked for, and the shadow in which
 * the declarations were tried, which the caller closes.
 *
 * @throws {StkError} `invalid_project`, `unknown_connection`, `unknown_environment`,
 *   `unmapped_connection`, `missing_variable`
 */
export async function targetsOf(
  selection: Selection,
  context: CommandContext,
): Promise<{ root: string; targets: Target[]; shadow: Shadow }> {
  const project = await readProject(findProject(context.cwd, selection.project));
  const shadow = projectShadow(project.root);
  try {
    return { root: project.root, targets: await targetsIn(project, selection, context, shadow), shadow };
  } catch (error) {
    await shadow.close();
    throw error;
  }
}

async function targetsIn(
  project: Project,
  selection: Selection,
  { env, output }: CommandContext,
  shadow: Shadow,
): Promise<Target[]> {
  const compilation = await compileProject(schemaPart(project), {
    openShadow: async () => lentShadow(shadow),
  });
  output.diagnostics(compilation.diagnostics, compilation);
  assertNoErrors(compilation.diagnostics);
  const { declared } = compilation;
  return chosen(declared, selection.connection).flatMap((connection): Target[] => {
    const schema = declared[connection];
    const address = addressOf(connection, project, selection, env);
    return schema === undefined || address === undefined
      ? []
      : [{ connection, declared: schema, ...address }];
  });
}

/**
 * Where the database of a connection is; undefined where config/connections.yaml does not declare it.
 *
 * @throws {StkError} `unknown_environment`, `unmapped_connection`, `missing_variable`
 */
export function addressOf(
  connection: string,
  project: Project,
  selection: Pick<Selection, "env">,
  env: CommandContext["env"],
): Pick<Target, "url" | "place" | "connectTimeoutMs"> | undefined {
  const environment = environmentOf(project, selection.env);
  const declaration = project.connections?.value[connection];
  if (declaration === undefined) return undefined;
  const reference = environment === undefined ? declaration.url : environment.urls[connection];
  if (reference === undefined) throw unmapped(connection, environment?.name);
  const timeout = declaration.connectTimeout;
  const variable = variableOf(reference);
  const url = urlOf(connection, variable, env);
  return {
    url,
    place: {
      project: project.root,
      ...(environment === undefined ? {} : { environment: environment.name }),
      variable,
      database: shownUrl(url),
    },
    connectTimeoutMs: timeout === undefined ? defaults.connection.connectTimeoutMs : milliseconds(timeout),
  };
}

function chosen(declared: Readonly<Record<string, PlannableSchema>>, asked: string | undefined): string[] {
  const all = Object.entries(declared);
  const names = all.map(([name]) => name);
  if (asked === undefined)
    return all
      .filter(
        ([, { tables, enums, transition }]) =>
          Object.keys(tables).length + Object.keys(enums).length > 0 || transition !== undefined,
      )
      .map(([name]) => name);
  if (names.includes(asked)) return [asked];
  throw unknown("connection", asked, names, "config/connections.yaml");
}

type Environment = { name: string; urls: Readonly<Record<string, string | undefined>> };

function environmentOf(project: Project, asked: string | undefined): Environment | undefined {
  if (asked === undefined) return undefined;
  const environments = project.environments?.value ?? {};
  const environment = Object.hasOwn(environments, asked) ? environments[asked] : undefined;
  if (environment !== undefined) return { name: asked, urls: environment.connections ?? {} };
  throw unknown("environment", asked, Object.keys(environments), "config/environments.yaml");
}

// The connection's own variable is not taken in its place: it may well hold the URL of another environment.
const unmapped = (connection: string, environment: string | undefined): StkError =>
  new StkError("unmapped_connection", `The environment ${environment} does not say where ${connection} is.`, {
    hint: `Add it in config/environments.yaml: ${environment}: { connections: { ${connection}: "\${NAME}" } }, or name another --connection.`,
    exitCode: exitCodes.usage,
  });

/** Says that there is none of that name, and which there are. */
export const unknown = (
  kind: "connection" | "environment",
  name: string,
  names: string[],
  file: string,
): StkError =>
  new StkError(`unknown_${kind}`, `There is no ${kind} ${name} in ${file}.`, {
    hint:
      suggest(name, names) ??
      (names.length === 0 ? `Declare it in ${file}.` : `There are: ${names.join(", ")}.`),
    exitCode: exitCodes.usage,
  });

function urlOf(connection: string, variable: string, env: CommandContext["env"]): string {
  const url = env[variable];
  if (url !== undefined && url !== "") return url;
  throw new StkError(
    "missing_variable",
    `${variable} is not set; it holds the URL of the connection ${connection}.`,
    {
      hint: `Set ${variable} to postgres://USER:PASSWORD@HOST:PORT/DATABASE.`,
      details: { variable, connection },
    },
  );
}
