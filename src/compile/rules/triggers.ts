import type { SchemaFile } from "../../../schema/schema-file.ts";
import type { TriggerDeclaration } from "../../../schema/triggers.ts";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { problem } from "../../project/problem.ts";
import type { Parsed, Path } from "../../project/project.ts";
import type { Context } from "../context.ts";
import { checkExpression } from "./expressions.ts";

type Owner = { triggers?: Readonly<Record<string, TriggerDeclaration>> | undefined };

/** What a trigger calls and when is one expression each, and only an update is one of columns. */
export const checkTriggers = ({ project }: Context): Diagnostic[] =>
  project.schemas.flatMap((schema) =>
    (["tables", "views"] as const).flatMap((owners) =>
      Object.entries<Owner>(schema.value[owners] ?? {}).flatMap(([owner, { triggers = {} }]) =>
        Object.entries(triggers).flatMap(([name, trigger]) =>
          checkTrigger(trigger, [owners, owner, "triggers", name], schema.at),
        ),
      ),
    ),
  );

function checkTrigger(
  { before, after, insteadOf, columns, when, execute }: TriggerDeclaration,
  path: Path,
  at: Parsed<SchemaFile>["at"],
): Diagnostic[] {
  const events = before ?? after ?? insteadOf ?? [];
  return [
    ...checkExpression(execute, at([...path, "execute"])),
    ...(when === undefined ? [] : checkExpression(when, at([...path, "when"]))),
    ...(columns === undefined || events.includes("update")
      ? []
      : [
          problem(
            at([...path, "columns"], "key"),
            "invalid_trigger",
            "Only an update is one of columns.",
            "Take columns: out, or let the trigger be one of update.",
          ),
        ]),
  ];
}
