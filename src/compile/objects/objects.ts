import { posix } from "node:path";
import type { SchemaFile } from "../../../schema/schema-file.ts";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { problem } from "../../project/problem.ts";
import type { Parsed } from "../../project/project.ts";
import { placeOf } from "../../project/text-position.ts";
import { declareComments } from "./comments.ts";
import { declareComposites } from "./composites.ts";
import { declareDomains } from "./domains.ts";
import { declareExtensions } from "./extensions.ts";
import { declareMaterializedViews } from "./materialized-views.ts";
import { declarePartitions } from "./partitions.ts";
import type { DeclareObjects, ObjectSource, PlacedObject } from "./placed-object.ts";
import { declarePolicies } from "./policies.ts";
import { declareRoutines } from "./routines.ts";
import { declareSchemas } from "./schemas.ts";
import { declareSequences } from "./sequences.ts";
import { declareTriggers } from "./triggers.ts";
import { declareViews } from "./views.ts";

const declarers: readonly DeclareObjects[] = [
  declareSchemas,
  declareExtensions,
  declareDomains,
  declareComposites,
  declareSequences,
  declarePartitions,
  declarePolicies,
  declareRoutines,
  declareTriggers,
  declareViews,
  declareMaterializedViews,
  declareComments,
];

/** The SQL files beside the declarations, by their path in the project. */
export type SqlFiles = ReadonlyMap<string, string>;

/** Everything that a file declares beside tables and enums. */
export function objectsOf(
  schema: Parsed<SchemaFile>,
  files: SqlFiles,
  diagnostics: Diagnostic[],
): PlacedObject[] {
  const sqlOf: ObjectSource["sqlOf"] = ({ sql, file }, path) => {
    if (file === undefined)
      return sql === undefined
        ? undefined
        : { text: sql, at: (within) => schema.at([...path, "sql"], "value", within) };
    const found = posix.join(posix.dirname(schema.file), file);
    const text = files.get(found);
    if (text === undefined)
      diagnostics.push(
        problem(
          schema.at([...path, "file"]),
          "missing_file",
          `There is no file ${found}.`,
          "Make it, or write sql: here.",
        ),
      );
    return text === undefined
      ? undefined
      : { text, at: ({ start, end }) => placeOf(found, text, start, end) };
  };
  return declarers.flatMap((declare) => declare({ schema, sqlOf, diagnostics }));
}
