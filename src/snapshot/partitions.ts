import type { z } from "zod";
import type { PartitionDeclaration, partitionBy } from "../../schema/partitions.ts";
import type { TableFacts } from "../database/snapshot/facts.ts";
import { closing, listItems, literalOf, masked, nameOf, withoutParentheses } from "./sql-text.ts";
import { storageOf } from "./storage.ts";

/** How a table is divided, from `RANGE (at, lower(name))`. */
export function partitionKeyOf(definition: string): z.infer<typeof partitionBy> {
  const open = definition.indexOf("(");
  const key = listItems(definition.slice(open + 1, -1)).map(
    (item) => nameOf(item) ?? { expression: withoutParentheses(item) },
  );
  const strategy = definition.slice(0, open).trim().toLowerCase();
  return strategy === "range" ? { range: key } : strategy === "list" ? { list: key } : { hash: key };
}

/** The partitions of a table, each with its own. */
export function partitionsOf(
  table: string,
  all: readonly TableFacts[],
): Record<string, PartitionDeclaration> | undefined {
  const own = all.filter(({ parent }) => parent === table);
  if (own.length === 0) return undefined;
  return Object.fromEntries(
    own.map((partition): [string, PartitionDeclaration] => {
      const below = partitionsOf(partition.name, all);
      return [
        partition.name,
        {
          ...boundOf(partition.bound ?? "DEFAULT"),
          ...(partition.partitionBy === null ? {} : { partitionBy: partitionKeyOf(partition.partitionBy) }),
          ...(below === undefined ? {} : { partitions: below }),
          ...storageOf(partition.storage),
          ...(partition.comment === null ? {} : { comment: partition.comment }),
        },
      ];
    }),
  );
}

function boundOf(bound: string): PartitionDeclaration {
  if (bound === "DEFAULT") return { default: true };
  const mask = masked(bound);
  const values = (word: string): ReturnType<typeof boundValue>[] => {
    const open = mask.indexOf(`${word} (`) + word.length + 1;
    return listItems(bound.slice(open + 1, closing(mask, open))).map(boundValue);
  };
  const [, modulus, remainder] = /WITH \(modulus (\d+), remainder (\d+)\)$/i.exec(bound) ?? [];
  if (modulus !== undefined) return { modulus: Number(modulus), remainder: Number(remainder) };
  if (mask.startsWith("FOR VALUES IN ")) return { in: values("IN") };
  return { from: alone(values("FROM")), to: alone(values("TO")) };
}

const alone = <T>(values: T[]): T | T[] => {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : values;
};

function boundValue(sql: string): string | number | boolean | null {
  if (sql === "NULL") return null;
  if (sql === "true" || sql === "false") return sql === "true";
  if (sql === "MINVALUE" || sql === "MAXVALUE") return sql.toLowerCase();
  return String(Number(sql)) === sql ? Number(sql) : (literalOf(sql)?.text ?? sql);
}
