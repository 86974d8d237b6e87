import type { DeclaredRemoval, DeclaredRename } from "../../schema/declared.ts";
import { defaultSchema } from "../../schema/names.ts";
import type { SchemaFile } from "../../schema/schema-file.ts";
import type { EnumDeclaration } from "../../schema/types.ts";
import type { Location } from "../core/diagnostic.ts";
import { splitName } from "../database/identifier.ts";
import type { Parsed } from "../project/project.ts";

/** Something declared, and where it stands. */
export type Placed<T> = T & { at: Location };

/** The values of an enum as they are written. */
export const enumValuesOf = (declaration: EnumDeclaration) =>
  Array.isArray(declaration) ? declaration : declaration.values;

/** A former name, in the schema of the present one where it names none. */
function besides(name: string, former: string): string {
  const { schema } = splitName(name);
  if (former.includes(".")) return former.replace(new RegExp(`^${defaultSchema}\\.`), "");
  return schema === defaultSchema ? former : `${schema}.${former}`;
}

/** Every `renamedFrom` of a file. */
export function renamesOf({ value, at }: Parsed<SchemaFile>): Placed<DeclaredRename>[] {
  const tables = Object.entries(value.tables ?? {}).flatMap(([table, { renamedFrom, columns }]) => [
    ...(renamedFrom === undefined
      ? []
      : [
          {
            kind: "table" as const,
            from: besides(table, renamedFrom),
            to: table,
            at: at(["tables", table, "renamedFrom"]),
          },
        ]),
    ...Object.entries(columns).flatMap(([column, { renamedFrom: from }]) =>
      from === undefined
        ? []
        : [
            {
              kind: "column" as const,
              table,
              from,
              to: column,
              at: at(["tables", table, "columns", column, "renamedFrom"]),
            },
          ],
    ),
  ]);
  const enums = Object.entries(value.enums ?? {}).flatMap(([name, declaration]) => {
    const isList = Array.isArray(declaration);
    const path = ["enums", name, ...(isList ? [] : ["values"])];
    return [
      ...(isList || declaration.renamedFrom === undefined
        ? []
        : [
            {
              kind: "enum" as const,
              from: besides(name, declaration.renamedFrom),
              to: name,
              at: at(["enums", name, "renamedFrom"]),
            },
          ]),
      ...enumValuesOf(declaration).flatMap((one, index) =>
        typeof one === "string"
          ? []
          : [
              {
                kind: "enumValue" as const,
                enum: name,
                from: one.renamedFrom,
                to: one.value,
                at: at([...path, index, "renamedFrom"]),
              },
            ],
      ),
    ];
  });
  return [...tables, ...enums];
}

/** The lists of names under `removed`, by the kind of what they name. */
const lists = [
  ["tables", "table"],
  ["enums", "enum"],
  ["schemas", "schema"],
  ["extensions", "extension"],
  ["domains", "domain"],
  ["composites", "composite"],
  ["sequences", "sequence"],
  ["views", "view"],
  ["materializedViews", "materializedView"],
  ["functions", "routine"],
  ["partitions", "partition"],
] as const;

/** `slugify(text,integer)` as the database is read: with a space after each comma. */
const signature = (name: string): string => name.replaceAll(/\s*,\s*/g, ", ");

/** What a file lists under `removed`. */
export function removalsOf({ value: { removed = {} }, at }: Parsed<SchemaFile>): Placed<DeclaredRemoval>[] {
  const { columns = {}, enumValues = {}, ...named } = removed;
  return [
    ...lists.flatMap(([list, kind]) =>
      (named[list] ?? []).map((name, index) => ({
        kind,
        name: kind === "routine" ? signature(name) : name,
        at: at(["removed", list, index]),
      })),
    ),
    ...Object.entries(columns).flatMap(([table, names]) =>
      names.map((name, index) => ({
        kind: "column" as const,
        table,
        name,
        at: at(["removed", "columns", table, index]),
      })),
    ),
    ...Object.entries(enumValues).flatMap(([name, values]) =>
      values.map((value, index) => ({
        kind: "enumValue" as const,
        enum: name,
        name: value,
        at: at(["removed", "enumValues", name, index]),
      })),
    ),
  ];
}
