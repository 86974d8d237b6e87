import { sequenceDeclaration } from "../../schema/sequences.ts";
import { constraintName } from "../compile/constraint-name.ts";
import { splitName } from "../database/identifier.ts";
import type { CompositeFacts, DomainFacts, EnumFacts, SequenceFacts } from "../database/snapshot/facts.ts";
import { countingOf } from "./counting.ts";
import { withoutParentheses } from "./sql-text.ts";
import type { Value } from "./table-part.ts";
import { typeText } from "./type-text.ts";

/** An enum as it is declared. */
export const enumOf = ({ values, comment }: EnumFacts): Value =>
  comment === null ? (values ?? []) : { comment, values: values ?? [] };

/** A domain as it is declared. A lone check with the name that Postgres gives it needs none. */
export function domainOf({
  name,
  type,
  notNull,
  default: value,
  collation,
  checks,
  comment,
}: DomainFacts): Value {
  const [only] = checks?.length === 1 ? checks : [];
  const isUsual = only !== undefined && only.name === constraintName(splitName(name).local, "", "check");
  return {
    type: typeText(type),
    ...(notNull ? { nullable: false } : {}),
    ...(value === null ? {} : { default: value }),
    ...(collation === null ? {} : { collation }),
    ...(isUsual ? { check: withoutParentheses(only.expression) } : {}),
    ...(isUsual || checks === null
      ? {}
      : {
          checks: Object.fromEntries(
            checks.map((check) => [check.name, withoutParentheses(check.expression)]),
          ),
        }),
    ...(comment === null ? {} : { comment }),
  };
}

/** A composite type as it is declared. */
export const compositeOf = ({ attributes, comment }: CompositeFacts): Value => ({
  attributes: Object.fromEntries(
    (attributes ?? []).map(({ name, type, collation }) => [
      name,
      collation === null ? typeText(type) : { type: typeText(type), collation },
    ]),
  ),
  ...(comment === null ? {} : { comment }),
});

/** A sequence as it is declared. */
export function sequenceOf(sequence: SequenceFacts): Value {
  const { type, owner, comment } = sequence;
  return {
    ...(type === "bigint" ? {} : { type: sequenceDeclaration.shape.type.parse(type) }),
    ...countingOf(sequence),
    ...(owner === null ? {} : { ownedBy: `${owner.table}.${owner.column}` }),
    ...(comment === null ? {} : { comment }),
  };
}
