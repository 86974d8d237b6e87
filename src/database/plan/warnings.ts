import { isNarrower, isServed } from "../../core/column-form.ts";
import type { Change } from "../diff/change.ts";
import type { Model } from "../model/model.ts";

/**
 * What a step means to the release that runs, and blocks nothing. `calls_fail`: its calls that use this fail.
 * `writes_refused`: some of what it may write is refused. `answers_change`: it answers, or stores, something else.
 */
export type Warning = {
  kind: "calls_fail" | "writes_refused" | "answers_change";
  object: string;
  message: string;
};

/** What the changes mean to a release that was built for the live database. New tables are no matter to it. */
export const warningsOf = (changes: readonly Change[], live: Model): Warning[] =>
  changes.flatMap((change) => {
    if ("table" in change && !live.tables.has(change.table)) return [];
    return warningOf(change, live) ?? [];
  });

function warningOf(change: Change, live: Model): Warning | undefined {
  switch (change.kind) {
    case "changeType":
      return typeWarning(change);
    case "setNotNull": {
      if (columnOf(change, live) === undefined) return undefined;
      const message = `${nameOf(change)} becomes NOT NULL: a write that gives it null is refused.`;
      return { kind: "writes_refused", object: nameOf(change), message };
    }
    case "dropNotNull": {
      const message = `${nameOf(change)} may be null from then on, also in answers.`;
      return { kind: "answers_change", object: nameOf(change), message };
    }
    case "dropDefault": {
      const isNullable = columnOf(change, live)?.nullable === true;
      return {
        kind: isNullable ? "answers_change" : "writes_refused",
        object: nameOf(change),
        message: `${nameOf(change)} loses its default: an insert that gives it no value ${isNullable ? "stores null" : "is refused"}.`,
      };
    }
    case "setDefault": {
      if (columnOf(change, live)?.default === undefined) return undefined;
      const message = `${nameOf(change)} gets another default: an insert that gives it no value stores that.`;
      return { kind: "answers_change", object: nameOf(change), message };
    }
    case "dropColumnToRemake": {
      if (change.to.generated === undefined || change.from.generated !== undefined) return undefined;
      const message = `${nameOf(change)} is generated from then on: a write that gives it a value fails.`;
      return { kind: "calls_fail", object: nameOf(change), message };
    }
    case "addIdentity": {
      if (change.definition.identity !== "always") return undefined;
      const message = `${nameOf(change)} is an identity from then on: a write that gives it a value fails.`;
      return { kind: "calls_fail", object: nameOf(change), message };
    }
    case "addConstraint": {
      const { constraint, name, table } = change;
      // One that is recreated, or has another name, refuses nothing new.
      const known = [...(live.tables.get(table)?.constraints.values() ?? [])];
      if (known.some(({ definition, validated }) => definition === constraint.definition && validated))
        return undefined;
      return refusal(name, table, constraintWords[constraint.kind]);
    }
    case "createIndex": {
      const { index, name, table } = change;
      const known = [...(live.tables.get(table)?.indexes.values() ?? [])];
      if (!index.unique || known.some(({ shape, valid }) => shape === index.shape && valid)) return undefined;
      return refusal(name, table, "unique index");
    }
    case "alterTable": {
      if (!change.of.startsWith("rowSecurity:") || !/\b(?:enable|force) row level security/i.test(change.sql))
        return undefined;
      const message = `Row security of ${change.table}: a role that is subject to it sees and writes only what policies permit.`;
      return { kind: "answers_change", object: change.table, message };
    }
    case "alterObject":
      return change.to.kind === "domain"
        ? {
            kind: "writes_refused",
            object: change.to.name,
            message: `The domain ${change.to.name} changes: a value that breaks it is refused.`,
          }
        : undefined;
    case "createObject": {
      const { kind, name, table } = change.object;
      if (change.restored || kind !== "trigger" || table === undefined || !live.tables.has(table))
        return undefined;
      const message = `The trigger ${name} of ${table} runs for what the running release writes, too.`;
      return { kind: "answers_change", object: table, message };
    }
    default:
      return undefined;
  }
}

type OfColumn = { table: string; column: string };
const nameOf = ({ table, column }: OfColumn): string => `${table}.${column}`;
const columnOf = ({ table, column }: OfColumn, live: Model) => live.tables.get(table)?.columns.get(column);

const constraintWords = {
  primaryKey: "primary key",
  unique: "unique constraint",
  check: "check",
  foreignKey: "foreign key",
  exclusion: "exclusion constraint",
} as const;

const refusal = (name: string, table: string, words: string): Warning => ({
  kind: "writes_refused",
  object: table,
  message: `The ${words} ${name} of ${table} is new: a write that breaks it is refused.`,
});

function typeWarning({
  table,
  column,
  from,
  to,
  without,
}: Extract<Change, { kind: "changeType" }>): Warning | undefined {
  const object = `${table}.${column}`;
  if (without !== undefined) {
    const values = without.values.join(", ");
    const message = `The enum ${without.enum} loses ${values}: calls of a release that knows them fail for ${object}.`;
    return { kind: "calls_fail", object, message };
  }
  if (!isServed(from.type, to.type)) {
    const message = `${object} becomes ${to.type}: calls of a release that was built for ${from.type} fail.`;
    return { kind: "calls_fail", object, message };
  }
  if (to.type === "bigint") {
    const message = `${object} becomes bigint: the next release and the SQL of TypeScript give it as text ("1" for 1). The calls of the running one go on giving numbers.`;
    return { kind: "answers_change", object, message };
  }
  if (!isNarrower(from.type, to.type)) return undefined;
  const message = `${object} becomes ${to.type}: a write that it cannot hold is refused.`;
  return { kind: "writes_refused", object, message };
}
