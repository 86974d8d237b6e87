import type { Table } from "../database/model/model.ts";

/** An index or a key as what it sorts by. `parts` are in Postgres' spelling, `rest` is what stands after them. */
export type IndexShape = {
  name: string;
  kind: "index" | "primaryKey" | "unique";
  unique: boolean;
  method: string;
  parts: readonly string[];
  rest: string;
};

/** The indexes of a table and its keys, which are indexes too, in the order in which they are declared. */
export function indexShapes({ constraints, indexes }: Table): IndexShape[] {
  const keys = [...constraints].flatMap(([name, { kind, definition }]): IndexShape[] =>
    kind === "primaryKey" || kind === "unique"
      ? [{ name, kind, unique: true, method: "btree", ...partsOf(definition) }]
      : [],
  );
  const own = [...indexes].map(([name, { shape, unique }]): IndexShape => {
    const using = / USING (\w+) /.exec(shape);
    const method = using?.[1] ?? "btree";
    return { name, kind: "index", unique, method, ...partsOf(shape.slice(using?.index ?? 0)) };
  });
  return [...keys, ...own];
}

/** Takes a list in parentheses apart, past commas that are in further parentheses or in quotes. */
function partsOf(text: string): Pick<IndexShape, "parts" | "rest"> {
  const parts: string[] = [];
  let depth = 0;
  let quote: string | undefined;
  let part = "";
  for (let at = text.indexOf("("); at >= 0 && at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== undefined) quote = character === quote ? undefined : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === "(") {
      depth += 1;
      if (depth === 1) continue;
    } else if (character === ")") {
      depth -= 1;
      if (depth === 0) return { parts: [...parts, part.trim()], rest: text.slice(at + 1).trim() };
    } else if (character === "," && depth === 1) {
      parts.push(part.trim());
      part = "";
      continue;
    }
    part += character;
  }
  return { parts, rest: "" };
}

/** Whether `other` finds everything that `index` finds, by the same columns from the first. */
export const covers = (other: IndexShape, index: IndexShape): boolean =>
  other.method === "btree" &&
  index.method === "btree" &&
  (other.rest === index.rest || (index.rest === "" && !/\bWHERE\b/.test(other.rest))) &&
  index.parts.every((part, at) => other.parts[at] === part);
