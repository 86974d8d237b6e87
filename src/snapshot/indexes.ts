import type { z } from "zod";
import type { exclusionDeclaration } from "../../schema/constraints.ts";
import { type IndexDeclaration, indexDeclaration } from "../../schema/indexes.ts";
import { constraintName } from "../compile/constraint-name.ts";
import { splitName } from "../database/identifier.ts";
import type { IndexFacts, IndexPart } from "../database/snapshot/facts.ts";
import { withoutParentheses } from "./sql-text.ts";
import { storageOf } from "./storage.ts";

/** An index as it is declared, without its name where Postgres would give it the same. */
export function indexOf(index: IndexFacts): IndexDeclaration {
  const { name, parts, include, unique, nullsNotDistinct, where, comment } = index;
  const plain = parts.flatMap(({ column }) => column ?? []);
  const usual = constraintName(splitName(index.table).local, plain.join("_"), "idx");
  return {
    ...(plain.length === parts.length && usual === name && comment === null ? {} : { name }),
    columns: parts.map(partOf),
    ...(include === null ? {} : { include }),
    ...(unique ? { unique } : {}),
    ...(nullsNotDistinct ? { nullsNotDistinct } : {}),
    ...(index.method === "btree" ? {} : { method: methodOf(index) }),
    ...(where === null ? {} : { where: withoutParentheses(where) }),
    ...storageOf(index.storage),
    ...(comment === null ? {} : { comment }),
  };
}

const methodOf = ({ method }: IndexFacts): NonNullable<IndexDeclaration["method"]> | undefined =>
  indexDeclaration.shape.method.parse(method);

/** Whether the method of an index is one that a declaration can name. */
export const hasKnownMethod = ({ method }: IndexFacts): boolean =>
  indexDeclaration.shape.method.safeParse(method).success;

function partOf(part: IndexPart): IndexDeclaration["columns"][number] {
  const { column, descending, nullsFirst, collation } = part;
  const options = {
    ...(descending ? { direction: "desc" as const } : {}),
    ...(descending === nullsFirst ? {} : { nulls: nullsFirst ? ("first" as const) : ("last" as const) }),
    ...opclassOf(part),
    ...(collation === null ? {} : { collation }),
  };
  if (column === null) return { expression: withoutParentheses(part.expression ?? ""), ...options };
  return Object.keys(options).length === 0 ? column : { column, ...options };
}

const opclassOf = ({ opclass }: IndexPart): { opclass?: string } => (opclass === null ? {} : { opclass });

type Elements = z.infer<typeof exclusionDeclaration>["elements"];

/** The elements of an exclusion. */
export const exclusionElements = ({ parts }: IndexFacts): Elements =>
  parts.map((part) => ({
    ...(part.column === null
      ? { expression: withoutParentheses(part.expression ?? "") }
      : { column: part.column }),
    ...opclassOf(part),
    with: part.operator ?? "=",
  }));
