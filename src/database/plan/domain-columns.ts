import type { Model } from "../model/model.ts";

/** The name of a type as models have it. */
export const modelNameOf = (type: string): string => type.replaceAll('"', "");

/** The columns of a domain and of the domains over it, each with its table. */
export const columnsOfDomain = (domain: string, model: Model): [table: string, column: string][] => [
  ...[...model.tables].flatMap(([table, { columns }]) =>
    [...columns].flatMap(([column, { type }]): [string, string][] =>
      modelNameOf(type) === domain ? [[table, column]] : [],
    ),
  ),
  ...[...model.objects.values()].flatMap(({ kind, name, facts }) =>
    kind === "domain" && typeof facts.type === "string" && modelNameOf(facts.type) === domain
      ? columnsOfDomain(name, model)
      : [],
  ),
];
