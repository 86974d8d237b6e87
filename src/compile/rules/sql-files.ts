import { posix } from "node:path";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { valueAt } from "../../project/issue.ts";
import { problem, startOf } from "../../project/problem.ts";
import type { Context } from "../context.ts";

/** Every SQL file of `schema/` is named by a declaration, unless one of those could not be read. */
export function checkSqlFiles({ project: { schemas, schemaSql, sources } }: Context): Diagnostic[] {
  const yaml = [...sources.keys()].filter((file) => /^schema\/.*\.yaml$/.test(file));
  if (schemas.length < yaml.length) return [];
  const named = schemas.flatMap(({ file, raw }) =>
    ["views", "materializedViews", "functions"].flatMap((kind) =>
      Object.values(membersOf(valueAt(raw, [kind]))).flatMap((declaration) => {
        const own = valueAt(declaration, ["file"]);
        return typeof own === "string" ? [posix.join(posix.dirname(file), own)] : [];
      }),
    ),
  );
  return [...schemaSql.keys()]
    .filter((file) => !named.includes(file))
    .map((file) =>
      problem(
        startOf(file),
        "unknown_file",
        `No declaration names ${file}.`,
        `Name it in a file beside it: functions: { NAME: { file: ${posix.basename(file)} } }`,
      ),
    );
}

const membersOf = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});
