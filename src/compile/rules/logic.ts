import { defaultConnection } from "../../../schema/names.ts";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { suggest } from "../../core/suggest.ts";
import { problem, startOf } from "../../project/problem.ts";
import type { LogicFile } from "../../project/project.ts";
import { readType } from "../column-type.ts";
import type { Context } from "../context.ts";
import { unknownType } from "../known-type.ts";
import { valueProblem } from "../value.ts";

const longestPath = 200;

/** Calls have paths of their own, roles that are declared, and parameters of types that are there. */
export function checkLogic(context: Context): Diagnostic[] {
  const first = new Map<string, string>();
  return context.project.logic.flatMap((logic) => {
    const identity = logic.path.toLowerCase();
    const other = first.get(identity);
    first.set(identity, other ?? logic.file);
    return [
      ...(other === undefined
        ? []
        : [
            problem(
              startOf(logic.file),
              "duplicate_path",
              `\`${logic.path}\` is the path of ${other} too.`,
              "Rename one of them.",
            ),
          ]),
      ...checkPath(logic),
      ...checkAccess(logic, context),
      ...checkParams(logic, context),
    ];
  });
}

function checkPath({ file, path }: LogicFile): Diagnostic[] {
  if (/^db(?:\/|$)/.test(path))
    return [
      problem(
        startOf(file),
        "reserved_path",
        "Paths under `db/` are those of tables.",
        "Move the file to another folder.",
      ),
    ];
  if (path.length <= longestPath) return [];
  return [
    problem(startOf(file), "path_too_long", `A path has at most ${longestPath} characters.`, "Shorten it."),
  ];
}

function checkAccess({ front }: LogicFile, { roles }: Context): Diagnostic[] {
  const access = front?.value.access;
  if (front === undefined || !Array.isArray(access)) return [];
  return access.flatMap((role, index) =>
    roles.has(role)
      ? []
      : [
          problem(
            front.at(["access", index]),
            "undeclared_role",
            `The role \`${role}\` is not declared.`,
            suggest(role, roles) ?? "Add it to roles: in config/permissions.yaml.",
          ),
        ],
  );
}

function checkParams({ front }: LogicFile, { catalog }: Context): Diagnostic[] {
  if (front === undefined) return [];
  const connection = catalog.get(front.value.connection ?? defaultConnection);
  return Object.entries(front.value.params ?? {}).flatMap(([name, { type, default: value, nullable }]) => {
    const path = ["params", name];
    const unknown = unknownType(type, connection);
    if (unknown !== undefined)
      return [problem(front.at([...path, "type"]), "unknown_type", `There is no type \`${type}\`.`, unknown)];
    if (value === undefined) return [];
    const at = front.at([...path, "default"]);
    if (value === null && nullable !== true)
      return [
        problem(
          at,
          "invalid_default",
          `\`${name}\` cannot be null.`,
          "Add nullable: true, or leave the default out.",
        ),
      ];
    const wrong = valueProblem(value, readType(type), connection);
    return wrong === undefined ? [] : [problem(at, "invalid_default", wrong.message, wrong.hint)];
  });
}
