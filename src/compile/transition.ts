import type { DeclaredRemoval, DeclaredRename } from "../../schema/declared.ts";
import type { EnumDeclaration, SchemaFile } from "../../schema/tables.ts";
import type { Location } from "../core/diagnostic.ts";
import type { Parsed } from "../project/project.ts";

/** Something declared, and where it stands. */
export type Placed<T> = T & { at: Location };

/** The values of an enum as they are written. */
export const enumValuesOf = (declaration: EnumDeclaration) =>
  Array.isArray(declaration) ? declaration : declaration.values;

/** Every `renamedFrom` of a file. */
export function renamesOf({ value, at }: Parsed<SchemaFile>): Placed<DeclaredRename>[] {
  const tables = Object.entries(value.tables ?? {}).flatMap(([table, { renamedFrom, columns }]) => [
    ...(renamedFrom === undefined
      ? []
      : [{ kind: "table" as const, from: renamedFrom, to: table, at: at(["tables", table, "renamedFrom"]) }]),
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
              from: declaration.renamedFrom,
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

/** What a file lists under `removed`. */
export function removalsOf({ value: { removed = {} }, at }: Parsed<SchemaFile>): Placed<DeclaredRemoval>[] {
  const { tables = [], columns = {}, enums = [] } = removed;
  return [
    ...tables.map((name, index) => ({
      kind: "table" as const,
      name,
      at: at(["removed", "tables", index]),
    })),
    ...Object.entries(columns).flatMap(([table, names]) =>
      names.map((name, index) => ({
        kind: "column" as const,
        table,
        name,
        at: at(["removed", "columns", table, index]),
      })),
    ),
    ...enums.map((name, index) => ({
      kind: "enum" as const,
      name,
      at: at(["removed", "enums", index]),
    })),
  ];
}
