import type { AuthFile } from "../../schema/auth.ts";
import type { ConnectionsFile } from "../../schema/connections.ts";
import type { EnvironmentsFile } from "../../schema/environments.ts";
import type { ModuleFrontMatter, SqlFrontMatter } from "../../schema/logic.ts";
import type { PermissionsFile } from "../../schema/permissions.ts";
import type { ProjectFile } from "../../schema/project.ts";
import type { SchemaFile } from "../../schema/schema-file.ts";
import type { ServerFile } from "../../schema/server.ts";
import type { Diagnostic, Location } from "../core/diagnostic.ts";

/** Where a value stands in a document: keys and indexes from the top. */
export type Path = readonly (string | number)[];

/** What of a mapping's entry is meant. */
export type Part = "key" | "value";

/** One YAML document of the project. What was wrong in it has been reported and is left out of `value`. */
export type Parsed<T> = {
  file: string;
  value: T;
  /** All that the document says, whether or not it fits the format. */
  raw: unknown;
  /**
   * The place of a value or its key; of the nearest thing around it where it is not there. `within` narrows a text to
   * some of its characters, where the document has them as they are.
   */
  at(path: Path, part?: Part, within?: Range): Location;
};

/** UTF-16 offsets in a text; `end` is exclusive. */
export type Range = { start: number; end: number };

/** One file of `logic/`. `path` is the call's path; `text` is the whole file. */
export type LogicFile = { file: string; path: string; text: string } & (
  | { kind: "sql"; front: Parsed<SqlFrontMatter> | undefined; bodyOffset: number }
  | { kind: "module"; front: Parsed<ModuleFrontMatter> | undefined }
);

/** One file of `seeds/`. */
export type SeedFile = { file: string; text: string };

/** A project's files, read and parsed. Paths are relative to `root`, with forward slashes, sorted. */
export type Project = {
  root: string;
  settings: Parsed<ProjectFile>;
  schemas: readonly Parsed<SchemaFile>[];
  /** The SQL files of `schema/`, by path. */
  schemaSql: ReadonlyMap<string, string>;
  permissions: Parsed<PermissionsFile> | undefined;
  connections: Parsed<ConnectionsFile> | undefined;
  auth: Parsed<AuthFile> | undefined;
  environments: Parsed<EnvironmentsFile> | undefined;
  server: Parsed<ServerFile> | undefined;
  logic: readonly LogicFile[];
  seeds: readonly SeedFile[];
  /** What was found wrong in reading. */
  diagnostics: readonly Diagnostic[];
  /** The text of every file that was read, by path, with what looks like a secret masked. */
  sources: ReadonlyMap<string, string>;
  /** Masks, in any text, what looked like a secret in the project's files. */
  redact(text: string): string;
};
