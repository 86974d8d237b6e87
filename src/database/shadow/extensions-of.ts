import type { DeclaredSchema } from "../../../schema/declared.ts";

/** The names of the extensions that a schema declares. */
export const extensionsOf = ({ objects = [] }: DeclaredSchema): string[] =>
  objects.filter(({ kind }) => kind === "extension").map(({ name }) => name);
