import type { DeclaredScope } from "../../../schema/declared.ts";
import { defaultSchema } from "../../../schema/names.ts";
import { splitName } from "../identifier.ts";

/** What is looked at where nothing else is said: `public`, all of it. */
export const wholePublic: DeclaredScope = { schemas: [defaultSchema], ignore: [], unmanagedPartitions: [] };

/**
 * Whether a name, `NAME` or `SCHEMA.NAME`, is one of what other tools own. A pattern of three parts,
 * `SCHEMA.TABLE.PART`, is of the constraints, indexes, triggers and policies of tables.
 */
export function ignores({
  ignore,
}: Pick<DeclaredScope, "ignore">): (name: string, table?: string) => boolean {
  if (ignore.length === 0) return () => false;
  const patterns = ignore.map(asExpression);
  const isIgnored = (name: string): boolean => patterns.some((pattern) => pattern.test(name));
  return (name, table) => {
    // What a function takes may have names of its own schemas.
    const { schema, local } = splitName(table ?? name.replace(/\(.*$/s, ""));
    const whole = `${schema}.${local}`;
    return isIgnored(whole) || (table !== undefined && isIgnored(`${whole}.${name}`));
  };
}

const asExpression = (pattern: string): RegExp => {
  const { schema, local } = splitName(pattern);
  const parts = [schema, ...local.split(".")];
  return new RegExp(`^${parts.map((part) => part.replaceAll("*", "[^.]*")).join("\\.")}$`);
};
