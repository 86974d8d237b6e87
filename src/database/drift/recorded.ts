import type { DeclaredScope } from "../../../schema/declared.ts";
import { defaultSchema } from "../../../schema/names.ts";
import { ignores } from "../catalog/scope.ts";
import { quoteName, splitName } from "../identifier.ts";
import type { CatalogObject } from "../model/catalog-object.ts";
import type { RecordedModel } from "../model/model-from-json.ts";

/** The part of a model that a test of names lets through, with the comments on it. */
export function partOf<T extends RecordedModel>(model: T, isWanted: (name: string) => boolean): T {
  const left: string[] = [];
  const kept = (name: string): boolean => {
    const wanted = isWanted(name);
    if (!wanted) left.push(quoteName(name.replace(/\.$/, "")));
    return wanted;
  };
  const enums = new Map([...model.enums].filter(([name]) => kept(name)));
  const tables = new Map([...model.tables].filter(([name]) => kept(name)));
  const objects = new Map([...model.objects].filter(([, object]) => kept(whereIs(object))));
  const comments = new Map(
    [...model.comments].filter(([target]) => !left.some((name) => isOn(target, name))),
  );
  return { ...model, enums, tables, objects, comments };
}

/** The name by which it is told whether an object is managed; that of a schema is in itself. */
export const whereIs = ({ kind, name, table }: CatalogObject): string =>
  kind === "schema" ? `${name}.` : (table ?? name);

/** Whether a comment is on something of a name, or on a part of it: `column "audit"."log"."at"`. */
const isOn = (target: string, name: string): boolean => target.includes(` ${name}`);

/** Whether a name is in what is managed now, which may be less than when it was recorded. */
export function isManaged({ schemas, ignore }: DeclaredScope): (name: string) => boolean {
  const isIgnored = ignores({ ignore });
  return (name) => schemas.includes(splitName(name).schema) && !isIgnored(name);
}

/** Whether a name is in a schema that was managed when a model was recorded. */
export function wasManaged({ enums, tables, objects }: RecordedModel): (name: string) => boolean {
  const named = [...enums.keys(), ...tables.keys(), ...[...objects.values()].map(whereIs)];
  const schemas = new Set([defaultSchema, ...named.map((name) => splitName(name).schema)]);
  return (name) => schemas.has(splitName(name).schema);
}
