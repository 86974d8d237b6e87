import type { ColumnDeclaration } from "../../schema/columns.ts";
import { constraintName } from "../compile/constraint-name.ts";
import { splitName } from "../database/identifier.ts";
import type { ColumnFacts, SequenceFacts, TableFacts } from "../database/snapshot/facts.ts";
import { countingOf } from "./counting.ts";
import { defaultValue } from "./default-value.ts";
import { withoutParentheses } from "./sql-text.ts";
import { typeText } from "./type-text.ts";

const serials: Readonly<Record<string, string>> = {
  smallint: "smallserial",
  integer: "serial",
  bigint: "bigserial",
};

/** A column without its keys and checks. `inKey`: whether the primary key holds it. */
export function columnOf(
  column: ColumnFacts,
  { inKey, serial }: { inKey: boolean; serial: string | undefined },
): ColumnDeclaration {
  const { default: value, generated, collation, storage, compression, statistics, comment } = column;
  const isNull = !column.notNull;
  return {
    type: serial ?? typeText(column.type),
    ...(isNull || inKey ? {} : { nullable: false }),
    ...(value === null || generated !== null || serial !== undefined
      ? {}
      : { default: defaultValue(value, column) }),
    ...identityOf(column),
    ...(value === null || generated === null ? {} : { generated: generatedAs(value, generated) }),
    ...(collation === null ? {} : { collation }),
    ...(storage === null ? {} : { storage }),
    ...(compression === null ? {} : { compression }),
    ...(statistics === null ? {} : { statistics }),
    ...(comment === null ? {} : { comment }),
  };
}

const generatedAs = (
  value: string,
  kind: NonNullable<ColumnFacts["generated"]>,
): NonNullable<ColumnDeclaration["generated"]> => {
  const expression = withoutParentheses(value);
  return kind === "stored" ? expression : { expression, kind };
};

function identityOf({ identity, sequence }: ColumnFacts): Pick<ColumnDeclaration, "identity"> {
  if (identity === null) return {};
  const options = sequence === null ? {} : countingOf(sequence);
  return { identity: Object.keys(options).length === 0 ? identity : { generated: identity, ...options } };
}

/** The type that stands for a column with a sequence of its own, where that says all: `serial`. */
export function serialOf(
  { name: table }: TableFacts,
  { name, type, notNull, default: value }: ColumnFacts,
  sequences: readonly SequenceFacts[],
): { type: string; sequence: SequenceFacts } | undefined {
  const serial = serials[type];
  const usual = usualSequence(table, name);
  const sequence = sequences.find(
    ({ owner, name: own }) => owner?.table === table && owner.column === name && own === usual,
  );
  if (serial === undefined || sequence === undefined || !notNull || sequence.type !== type) return undefined;
  const isPlain = sequence.comment === null && Object.keys(countingOf(sequence)).length === 0;
  const [, taken = ""] = /^nextval\('(.*)'::regclass\)$/.exec(value ?? "") ?? [];
  const isTaken = taken.replaceAll('"', "").replaceAll("''", "'") === sequence.name;
  return isPlain && isTaken ? { type: serial, sequence } : undefined;
}

/** What Postgres calls the sequence of a serial or an identity column. */
export function usualSequence(table: string, column: string): string {
  const { local } = splitName(table);
  return `${table.slice(0, table.length - local.length)}${constraintName(local, column, "seq")}`;
}
