import { defaultConnection } from "../../../schema/names.ts";
import type { Diagnostic, Location } from "../../core/diagnostic.ts";
import { suggest } from "../../core/suggest.ts";
import { problem, startOf } from "../../project/problem.ts";
import type { Context } from "../context.ts";

/** Every connection that a schema file, a rule, a statement or an environment names is declared. */
export function checkConnections({ project, connections }: Context): Diagnostic[] {
  const file = "config/connections.yaml";
  if (connections === undefined) {
    if (project.diagnostics.some((diagnostic) => diagnostic.file === file)) return [];
    const hint = `Make ${file} with: ${defaultConnection}: { url: "\${DATABASE_URL}" }`;
    return [problem(startOf(file), "missing_file", `There is no ${file}.`, hint)];
  }
  const uses: { name: string; at: Location }[] = [
    ...project.schemas.map(({ value, at }) => ({
      name: value.connection ?? defaultConnection,
      at: at(["connection"]),
    })),
    ...project.logic.flatMap(({ front }) =>
      front === undefined
        ? []
        : [{ name: front.value.connection ?? defaultConnection, at: front.at(["connection"]) }],
    ),
    ...Object.entries(project.environments?.value ?? {}).flatMap(([environment, { connections: named }]) =>
      Object.keys(named ?? {}).flatMap((name) => {
        const at = project.environments?.at([environment, "connections", name], "key");
        return at === undefined ? [] : [{ name, at }];
      }),
    ),
  ];
  return uses
    .filter(({ name }) => !connections.has(name))
    .map(({ name, at }) => {
      const hint =
        suggest(name, connections) ?? `Declare it in ${file}, or write connection: with one that is there.`;
      return problem(at, "unknown_connection", `There is no connection \`${name}\`.`, hint);
    });
}
