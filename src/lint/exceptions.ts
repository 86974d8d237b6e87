import { defaultConnection } from "../../schema/names.ts";
import type { SchemaFile } from "../../schema/schema-file.ts";
import type { Diagnostic, Location } from "../core/diagnostic.ts";
import { suggest } from "../core/suggest.ts";
import type { DeclaredObject } from "../database/shadow/render.ts";
import { valueAt } from "../project/issue.ts";
import { problem } from "../project/problem.ts";
import type { Parsed, Path } from "../project/project.ts";
import { rules } from "./rules.ts";

/** A rule that is switched off where it stands. `path` leads to what it stands at. */
type Exception = {
  schema: Parsed<SchemaFile>;
  connection: string;
  path: Path;
  code: string;
  isUsed: boolean;
};

/** The exceptions of all files. */
export interface Exceptions {
  /** Whether a finding is meant so, by an exception at what it is of or around it; which is then not in vain. */
  allow(connection: string, code: string, of: DeclaredObject, at: Location): boolean;
  /** Exceptions of which nothing was found, and of rules that there are not. */
  inVain(): Diagnostic[];
}

/** Reads `lint:` wherever a declaration may have it. */
export function exceptionsIn(
  schemas: readonly Parsed<SchemaFile>[],
  connections: ReadonlySet<string>,
): Exceptions {
  const exceptions = schemas.flatMap((schema): Exception[] => {
    const connection = schema.value.connection ?? defaultConnection;
    if (!connections.has(connection)) return [];
    return placesIn(schema.value).flatMap((path) =>
      keysOf(valueAt(schema.value, [...path, "lint"])).map((code) => ({
        schema,
        connection,
        path,
        code,
        isUsed: false,
      })),
    );
  });
  return {
    allow(connection, code, of, at) {
      const found = exceptions.filter(
        (one) => one.connection === connection && one.code === code && isAt(one, of, at),
      );
      for (const one of found) one.isUsed = true;
      return found.length > 0;
    },
    inVain: () => exceptions.filter(({ isUsed }) => !isUsed).map(inVain),
  };
}

const keysOf = (value: unknown): string[] =>
  typeof value === "object" && value !== null ? Object.keys(value) : [];

/** Everything that may say `lint:`. */
function placesIn(file: SchemaFile): Path[] {
  const named = (path: Path): Path[] => keysOf(valueAt(file, path)).map((name) => [...path, name]);
  const listed = (path: Path): Path[] => keysOf(valueAt(file, path)).map((at) => [...path, Number(at)]);
  const tables = named(["tables"]);
  const whole = [
    ...tables,
    ...["enums", "views", "materializedViews", "functions"].flatMap((key) => named([key])),
  ];
  return [
    ...whole,
    ...tables.flatMap((table) => [
      ...named([...table, "columns"]),
      [...table, "primaryKey"],
      ...["unique", "foreignKeys", "exclusions", "indexes"].flatMap((key) => listed([...table, key])),
    ]),
    ...named(["materializedViews"]).flatMap((view) => listed([...view, "indexes"])),
  ];
}

const kinds: Readonly<Record<string, DeclaredObject["kind"]>> = {
  tables: "table",
  enums: "enum",
  views: "view",
  materializedViews: "materializedView",
  functions: "routine",
};

/** Whether an exception stands at what was found or around it. */
function isAt({ schema, path }: Exception, of: DeclaredObject, at: Location): boolean {
  const [section = "", name, , part] = path;
  if (path.length === 2) return (of.kind === kinds[String(section)] && of.name === name) || of.table === name;
  if (of.kind === "column" && of.table === name && of.name === part) return true;
  const places = [path, ...keysOf(valueAt(schema.value, path)).map((key) => [...path, key])];
  return places.some((place) => isSame(schema.at(place), at) || isSame(schema.at(place, "key"), at));
}

const isSame = (a: Location, b: Location): boolean =>
  a.file === b.file && a.line === b.line && a.column === b.column;

function inVain({ schema, path, code }: Exception): Diagnostic {
  const at = schema.at([...path, "lint", code], "key");
  const codes = rules.map((rule) => rule.code);
  if (codes.includes(code))
    return problem(
      at,
      "exception_in_vain",
      `The rule \`${code}\` is switched off here, and finds nothing here.`,
      "Take the line away.",
    );
  return problem(at, "unknown_rule", `There is no rule \`${code}\`.`, suggest(code, codes));
}
