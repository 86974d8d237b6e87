import {
  type DeclaredRemoval,
  type DeclaredRename,
  type DeclaredSchema,
  type DeclaredTable,
  declaredSchema,
  type PlannableSchema,
} from "../../schema/declared.ts";
import { randomNumbers } from "./random-schema.ts";

/** Draws what may be renamed and removed of a declared schema whose columns are named by one letter, but for `id`. */
export function transitionDrawer(seed: number) {
  const random = randomNumbers(seed);
  const chance = (probability: number): boolean => random() < probability;

  const withNewNames = (
    tables: Readonly<Record<string, DeclaredTable>>,
    isChosen: (table: string, column?: string) => boolean,
  ): PlannableSchema["tables"] => {
    const nameOf = (table: string): string => (isChosen(table) ? `${table}_now` : table);
    return Object.fromEntries(
      Object.entries(tables).map(([name, table]) => {
        const columnOf = (column: string): string => (isChosen(name, column) ? `${column}_now` : column);
        const inText = (text: string): string =>
          text.replaceAll(/\b(?:[a-z]|id)\b(?!')/g, (word) =>
            word in table.columns ? columnOf(word) : word,
          );
        const named = <T extends { name: string }>(one: T): T => {
          const [, middle = "", label = ""] = /^[a-z]_(?:([a-z]|id)_)?([a-z]+)$/.exec(one.name) ?? [];
          const parts = [nameOf(name), ...(middle === "" ? [] : [columnOf(middle)]), label];
          return { ...one, name: parts.join("_") };
        };
        const key = <T extends { name: string; columns: string[] }>(one: T): T => ({
          ...named(one),
          columns: one.columns.map(inText),
        });
        const renamed: DeclaredTable = {
          columns: Object.fromEntries(
            Object.entries(table.columns).map(([column, declared]) => [columnOf(column), declared]),
          ),
          ...(table.primaryKey === undefined ? {} : { primaryKey: key(table.primaryKey) }),
          uniques: table.uniques.map(key),
          checks: table.checks.map((check) => ({ ...named(check), expression: inText(check.expression) })),
          foreignKeys: table.foreignKeys.map((one) => ({ ...key(one), table: nameOf(one.table) })),
          indexes: table.indexes.map((index) => ({
            ...key(index),
            ...(index.where === undefined ? {} : { where: inText(index.where) }),
          })),
        };
        return [nameOf(name), renamed];
      }),
    );
  };

  return {
    /** The same schema under other names, each of them declared. */
    renamed({ enums, tables }: DeclaredSchema): PlannableSchema {
      const chosen = new Set(
        Object.entries(tables).flatMap(([table, { columns }]) => [
          ...(chance(0.5) ? [table] : []),
          ...Object.keys(columns).flatMap((column) =>
            column !== "id" && chance(0.4) ? [`${table}.${column}`] : [],
          ),
        ]),
      );
      const isChosen = (table: string, column?: string): boolean =>
        chosen.has(column === undefined ? table : `${table}.${column}`);
      const newName = (table: string): string => (isChosen(table) ? `${table}_now` : table);
      const renames = [...chosen].map((name): DeclaredRename => {
        const [table = "", column] = name.split(".");
        return column === undefined
          ? { kind: "table", from: table, to: `${table}_now` }
          : { kind: "column", table: newName(table), from: column, to: `${column}_now` };
      });
      const mood = (enums.mood ?? []).map((value) => (value === "good" ? "well" : value));
      const texts = JSON.stringify(withNewNames(tables, isChosen)).replaceAll("'good'", "'well'");
      return {
        ...declaredSchema.parse({ enums: { mood }, tables: JSON.parse(texts) }),
        transition: {
          renames: [...renames, { kind: "enumValue", enum: "mood", from: "good", to: "well" }],
          removals: [],
        },
      };
    },

    /** The same schema without some of its columns and tables, each of them declared to go. */
    reduced({ enums, tables }: DeclaredSchema): PlannableSchema {
      const removals: DeclaredRemoval[] = [];
      const kept = Object.entries(tables).filter(([name]) => {
        if (chance(0.7)) return true;
        removals.push({ kind: "table", name });
        return false;
      });
      const names = new Set(kept.map(([name]) => name));
      const reduced = kept.map(([name, table]) => {
        const gone = Object.keys(table.columns).filter((column) => column !== "id" && chance(0.4));
        removals.push(...gone.map((column) => ({ kind: "column" as const, table: name, name: column })));
        const stays = ({ columns }: { columns: string[] }): boolean =>
          !columns.some((text) => gone.includes(/^"?(\w+)/.exec(text)?.[1] ?? ""));
        return [
          name,
          {
            ...table,
            columns: Object.fromEntries(
              Object.entries(table.columns).filter(([column]) => !gone.includes(column)),
            ),
            uniques: table.uniques.filter(stays),
            checks: table.checks.filter(({ name: check }) => !gone.includes(check.split("_").at(-2) ?? "")),
            foreignKeys: table.foreignKeys.filter((key) => stays(key) && names.has(key.table)),
            indexes: table.indexes.filter(stays),
          },
        ] as const;
      });
      return { enums, tables: Object.fromEntries(reduced), transition: { renames: [], removals } };
    },
  };
}
