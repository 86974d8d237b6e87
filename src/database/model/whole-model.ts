import { z } from "zod";
import type { Model } from "./model.ts";
import { modelFromJson } from "./model-from-json.ts";
import { modelAsJson } from "./model-json.ts";

/** A {@link Model} as JSON with all that planning asks of it. */
export const wholeModel = z.strictObject({
  version: z.number(),
  /** What is recorded of an apply too. */
  declared: z.unknown(),
  /** Those of its tables and objects that are otherwise in `asWritten`, as they are there. */
  asWritten: z.unknown().optional(),
  /** The conditions of partitions, by their keys. */
  rows: z.array(z.tuple([z.string(), z.string()])),
  commented: z.array(z.tuple([z.string(), z.string()])),
  dependencies: z.array(z.tuple([z.string(), z.array(z.string())])),
  others: z.array(z.strictObject({ kind: z.string(), name: z.string() })),
});
export type WholeModel = z.infer<typeof wholeModel>;

type Written = NonNullable<Model["asWritten"]>;

/** Writes a whole model. */
export const wholeAsJson = (model: Model): WholeModel => ({
  version: model.version,
  declared: modelAsJson(model),
  ...(model.asWritten === undefined ? {} : { asWritten: partAsJson(otherwise(model, model.asWritten)) }),
  rows: [...model.objects].flatMap(([key, { rows }]): [string, string][] =>
    rows === undefined ? [] : [[key, rows]],
  ),
  commented: [...model.commented],
  dependencies: [...model.dependencies].map(([key, on]): [string, string[]] => [key, [...on]]),
  others: [...model.others],
});

/** Reads what {@link wholeAsJson} wrote; undefined where another version of stk wrote it in another form. */
export function wholeFromJson({
  version,
  declared,
  asWritten,
  rows,
  ...rest
}: WholeModel): Model | undefined {
  const read = modelFromJson(declared);
  const written = asWritten === undefined ? undefined : modelFromJson(asWritten);
  if (read === undefined || (asWritten !== undefined && written === undefined)) return undefined;
  const rowsOf = new Map(rows);
  const withRows = <T extends object>(objects: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    new Map([...objects].map(([key, one]) => [key, withRowsOf(one, rowsOf.get(key))]));
  const objects = withRows(read.objects);
  return {
    version,
    ...read,
    objects,
    commented: new Map(rest.commented),
    dependencies: new Map(rest.dependencies.map(([key, on]) => [key, new Set(on)])),
    others: rest.others,
    ...(written === undefined
      ? {}
      : {
          asWritten: {
            tables: new Map(
              [...read.tables].map(([name, table]) => [name, written.tables.get(name) ?? table]),
            ),
            objects: withRows(
              new Map([...objects].map(([key, one]) => [key, written.objects.get(key) ?? one])),
            ),
          },
        }),
  };
}

const withRowsOf = <T extends object>(object: T, rows: string | undefined): T =>
  rows === undefined ? object : { ...object, rows };

const partAsJson = ({ tables, objects }: Written) =>
  modelAsJson({ enums: new Map(), tables, objects, comments: new Map() });

/** What is not the same in `written`. */
function otherwise(model: Written, written: Written): Written {
  const textOfTable = ({ tables }: Written, name: string): string => {
    const table = tables.get(name);
    return table === undefined
      ? ""
      : JSON.stringify(partAsJson({ tables: new Map([[name, table]]), objects: new Map() }));
  };
  return {
    tables: new Map(
      [...written.tables].filter(([name]) => textOfTable(model, name) !== textOfTable(written, name)),
    ),
    objects: new Map(
      [...written.objects].filter(
        ([key, { facts }]) => JSON.stringify(facts) !== JSON.stringify(model.objects.get(key)?.facts),
      ),
    ),
  };
}
