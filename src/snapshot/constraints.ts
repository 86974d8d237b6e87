import { referentialAction } from "../../schema/columns.ts";
import { exclusionDeclaration } from "../../schema/constraints.ts";
import { constraintName } from "../compile/constraint-name.ts";
import { splitName } from "../database/identifier.ts";
import type { ConstraintFacts } from "../database/snapshot/facts.ts";
import { exclusionElements } from "./indexes.ts";
import { withoutParentheses } from "./sql-text.ts";
import type { TablePart } from "./table-part.ts";

/** A constraint in its shortest form: beside its column where that says all, without the name that it has anyway. */
export function constraintOf(constraint: ConstraintFacts): TablePart {
  const { kind, name, table, columns } = constraint;
  const part = (at: TablePart["at"], value: TablePart["value"]): TablePart => ({
    kind,
    name,
    columns,
    at,
    value,
  });
  const [only] = columns.length === 1 ? columns : [];
  switch (kind) {
    case "primaryKey":
      return keyOf(constraint, "", "pkey", part, { list: "primaryKey", beside: "primaryKey" });
    case "unique":
      return keyOf(constraint, columns.join("_"), "key", part, { list: "unique", beside: "unique" });
    case "check": {
      const expression = withoutParentheses(constraint.expression ?? "");
      const extra = { ...(constraint.noInherit ? { noInherit: true } : {}), ...shared(constraint) };
      if (Object.keys(extra).length > 0) return part(["checks", name], { expression, ...extra });
      return only !== undefined && name === usualName(table, only, "check")
        ? part(["columns", only], { check: expression })
        : part(["checks", name], expression);
    }
    case "foreignKey":
      return foreignKeyOf(constraint, part);
    case "exclusion": {
      const { index } = constraint;
      return part(["exclusions"], {
        name,
        ...(index === null || index.method === "btree"
          ? { method: "btree" }
          : { method: exclusionDeclaration.shape.method.parse(index.method) }),
        elements: index === null ? [] : exclusionElements(index),
        ...(index?.where == null ? {} : { where: withoutParentheses(index.where) }),
        ...deferrableOf(constraint),
        ...shared(constraint),
      });
    }
  }
}

/** The name that Postgres gives to a part of a table. */
export const usualName = (table: string, columns: string, label: string): string =>
  constraintName(splitName(table).local, columns, label);

const deferrableOf = ({ deferrable }: ConstraintFacts) => (deferrable === null ? {} : { deferrable });
const shared = ({ comment, validated }: ConstraintFacts) => ({
  ...(validated ? {} : { validated }),
  ...(comment === null ? {} : { comment }),
});

type MakePart = (at: TablePart["at"], value: TablePart["value"]) => TablePart;

function keyOf(
  constraint: ConstraintFacts,
  named: string,
  label: string,
  part: MakePart,
  { list, beside }: { list: "primaryKey" | "unique"; beside: string },
): TablePart {
  const { name, table, columns, index } = constraint;
  const extra = {
    ...(name === usualName(table, named, label) ? {} : { name }),
    ...(index?.include == null ? {} : { include: index.include }),
    ...(index?.nullsNotDistinct ? { nullsNotDistinct: true } : {}),
    ...deferrableOf(constraint),
    ...shared(constraint),
  };
  const isPlain = Object.keys(extra).length === 0;
  const [only] = columns.length === 1 ? columns : [];
  if (isPlain && only !== undefined) return part(["columns", only], { [beside]: true });
  return part([list], isPlain ? columns : { ...extra, columns });
}

function foreignKeyOf(constraint: ConstraintFacts, part: MakePart): TablePart {
  const { name, table, columns, references, setColumns, isFull } = constraint;
  const target = references ?? { table: "", columns: [] };
  const extra = {
    ...(constraint.validated && name === usualName(table, columns.join("_"), "fkey") ? {} : { name }),
    ...(setColumns === null ? {} : { setColumns }),
    ...(isFull ? { match: "full" } : {}),
    ...deferrableOf(constraint),
    ...shared(constraint),
  };
  const actions = {
    ...actionOf("onDelete", constraint.onDelete),
    ...actionOf("onUpdate", constraint.onUpdate),
  };
  const [only, to] = columns.length === 1 ? [columns[0], target.columns[0]] : [];
  if (Object.keys(extra).length === 0 && only !== undefined)
    return part(["columns", only], { references: `${target.table}.${to}`, ...actions });
  return part(["foreignKeys"], { columns, references: target, ...actions, ...extra });
}

const actionOf = (key: "onDelete" | "onUpdate", action: string) =>
  action === "no action" ? {} : { [key]: referentialAction.parse(action) };
