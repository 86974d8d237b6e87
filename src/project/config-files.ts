import type { Diagnostic } from "../core/diagnostic.ts";
import { suggest } from "../core/suggest.ts";
import { problem, startOf } from "./problem.ts";

/** The files that `config/` may hold. */
export const configFiles = [
  "permissions.yaml",
  "connections.yaml",
  "auth.yaml",
  "environments.yaml",
  "server.yaml",
] as const;

/** Problems with files of `config/` that nothing reads, and of `schema/` and `seeds/` that have another extension. */
export function unreadFiles(
  config: readonly string[],
  schema: readonly string[],
  seeds: readonly string[],
): Diagnostic[] {
  const known = new Set(configFiles.map((name) => `config/${name}`));
  const unknown = config.filter((file) => !known.has(file) && !file.endsWith(".md"));
  return [
    ...unknown.map((file) => {
      const name = file.slice("config/".length);
      const hint =
        suggest(name.replace(/\.yml$/, ".yaml"), configFiles) ?? `There are ${configFiles.join(", ")}.`;
      return problem(startOf(file), "unknown_file", `Nothing reads ${file}.`, hint);
    }),
    ...schema
      .filter((file) => !/\.(?:yaml|sql|md)$/.test(file))
      .map((file) => {
        const hint = /\.(?:yml|json)$/.test(file)
          ? "Rename it to end in .yaml."
          : "Only .yaml files, and .sql files that these name, belong here.";
        return problem(startOf(file), "unknown_file", `Nothing reads ${file}.`, hint);
      }),
    ...seeds
      .filter((file) => !/\.(?:sql|md)$/.test(file))
      .map((file) =>
        problem(startOf(file), "unknown_file", `Nothing reads ${file}.`, "Seeds are .sql files."),
      ),
  ];
}
