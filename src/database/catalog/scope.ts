import type { DeclaredScope } from "../../../schema/declared.ts";
import { defaultSchema } from "../../../schema/names.ts";
import { splitName } from "../identifier.ts";

/** What is looked at where nothing else is said: `public`, all of it. */
export const wholePublic: DeclaredScope = { schemas: [defaultSchema], ignore: [], unmanagedPartitions: [] };

/** Whether a name, `NAME` or `SCHEMA.NAME`, is one of what other tools own. */
export function ignores({ ignore }: Pick<DeclaredScope, "ignore">): (name: string) => boolean {
  if (ignore.length === 0) return () => false;
  const patterns = ignore.map((pattern) => {
    const { schema, local } = splitName(pattern);
    return new RegExp(`^${[schema, local].map(asExpression).join("\\.")}$`);
  });
  return (name) => {
    const { schema, local } = splitName(name);
    return patterns.some((pattern) => pattern.test(`${schema}.${local}`));
  };
}

const asExpression = (pattern: string): string => pattern.replaceAll(".", "\\.").replaceAll("*", ".*");
