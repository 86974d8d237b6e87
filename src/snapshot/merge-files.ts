import { posix } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { defaultConnection } from "../../schema/names.ts";
import { fileFor, isSplit } from "./layout.ts";
import { mergeTable } from "./merge-table.ts";
import { mergeValue } from "./merge-value.ts";
import { type Section, type Snapshot, sections } from "./snapshot-of.ts";
import { type SqlTexts, sqlTexts } from "./sql-texts.ts";
import type { Value } from "./table-part.ts";
import { membersOf, wholeTable } from "./whole-table.ts";
import { editYaml, type YamlEdit } from "./yaml-edit.ts";

/** What is done to one object of the files, for people to read. */
export type FileChange = { file: string; change: "add" | "change" | "remove"; kind: Section; name: string };

/** The files as they are to be; a text that is undefined is a file that goes. */
export type MergedFiles = { files: Map<string, string | undefined>; changes: FileChange[] };

/** What is declared of one connection, and what of it is in its database. */
export type MergeInput = {
  connection: string;
  /** The YAML files of the connection, by path. */
  yaml: ReadonlyMap<string, string>;
  /** The SQL files of `schema/`, by path. */
  sql: ReadonlyMap<string, string>;
  /** Whether a name is on a list of `removed`, so that it is not declared again. */
  isRemoved(section: Section, name: string): boolean;
  declared: Snapshot;
  live: Snapshot;
};

const header = (connection: string): string =>
  `# yaml-language-server: $schema=../node_modules/santokit/schema/json/schema.json\nconnection: ${connection}\n`;

/** Changes the files of a connection so that they say what is live, and nothing where they say it already. */
export function mergeFiles({ connection, yaml, sql, isRemoved, declared, live }: MergeInput): MergedFiles {
  const edits = new Map([...yaml].map(([file, text]) => [file, editYaml(text)]));
  const texts = sqlTexts(sql);
  const changes: FileChange[] = [];
  const split = isSplit(holdings(edits), live.tables.size);
  const left = new Set(live.leftOut.map(({ kind, name }) => `${kind} ${name.replace(/\(.*$/s, "")}`));
  for (const section of sections) {
    const wanted = valuesOf(live, section);
    for (const [name, value] of wanted) {
      const found = [...edits].find(([, edit]) => edit.get([section, name]) !== undefined);
      if (found !== undefined) {
        const [file, edit] = found;
        const before = `${edit.text()}${texts.changes()}`;
        mergeObject({ section, name, file, edit, texts, declared, live });
        if (`${edit.text()}${texts.changes()}` !== before)
          changes.push({ file, change: "change", kind: section, name });
        continue;
      }
      if (isRemoved(section, name)) continue;
      const file = fileFor(
        {
          isTable: section === "tables",
          name: section === "schemas" || section === "extensions" ? "public" : name,
        },
        { connection, files: holdings(edits), split },
      );
      const edit = edits.get(file) ?? editYaml(header(connection));
      edits.set(file, edit);
      add({ section, name, value, file, edit, texts });
      changes.push({ file, change: "add", kind: section, name });
    }
    for (const [file, edit] of edits)
      for (const name of edit.keys([section])) {
        if (wanted.has(name) || left.has(`${wordOf[section]} ${name}`)) continue;
        removeObject({ section, name, file, edit, texts });
        changes.push({ file, change: "remove", kind: section, name });
      }
  }
  const files = new Map<string, string | undefined>();
  for (const [file, edit] of edits) if (edit.text() !== yaml.get(file)) files.set(file, edit.text());
  for (const [file, text] of texts.changed()) files.set(file, text);
  return { files, changes };
}

const wordOf: Readonly<Record<Section, string>> = {
  schemas: "schema",
  extensions: "extension",
  enums: "enum",
  domains: "domain",
  composites: "composite",
  sequences: "sequence",
  tables: "table",
  views: "view",
  materializedViews: "materializedView",
  functions: "function",
};

const valuesOf = (snapshot: Snapshot, section: Section): ReadonlyMap<string, Value> =>
  section === "tables"
    ? new Map([...snapshot.tables].map(([name, table]) => [name, wholeTable(table)]))
    : snapshot.objects[section];

const holdings = (edits: ReadonlyMap<string, YamlEdit>) =>
  new Map(
    [...edits].map(([file, edit]) => [
      file,
      {
        tables: edit.keys(["tables"]),
        others: sections.flatMap((section) =>
          section === "tables" || section === "schemas" || section === "extensions"
            ? []
            : edit.keys([section]),
        ),
      },
    ]),
  );

type Place = { section: Section; name: string; file: string; edit: YamlEdit; texts: SqlTexts };

function add({ section, name, value, file, edit, texts }: Place & { value: Value }): void {
  const present = edit.keys([]);
  const before = sections.slice(0, sections.indexOf(section)).findLast((one) => present.includes(one));
  if (!present.includes(section))
    edit.set(
      [section],
      {},
      { depth: 1, after: before ?? (present.includes("connection") ? "connection" : undefined) },
    );
  edit.set([section, name], section === "functions" ? inFile({ name, file, value, texts }) : value, {
    depth: section === "tables" || section === "views" || section === "materializedViews" ? 1 : 0,
  });
}

/** A function's statements go into a file beside the YAML. */
function inFile({
  name,
  file,
  value,
  texts,
}: {
  name: string;
  file: string;
  value: Value;
  texts: SqlTexts;
}): Value {
  const { sql, ...rest } = membersOf(value);
  const path = `functions/${name}.sql`;
  texts.set(posix.join(posix.dirname(file), path), String(sql));
  return { file: path, ...rest };
}

function mergeObject({
  section,
  name,
  file,
  edit,
  texts,
  declared,
  live,
}: Place & { declared: Snapshot; live: Snapshot }): void {
  const path = [section, name];
  if (section === "tables") {
    const table = live.tables.get(name);
    if (table !== undefined) mergeTable(edit, name, declared.tables.get(name) ?? noTable, table);
    return;
  }
  const [from, to] = [declared.objects[section].get(name), live.objects[section].get(name)];
  if (isDeepStrictEqual(from, to) || to === undefined) return;
  if (section === "enums") {
    mergeEnum(edit, path, from, to);
    return;
  }
  const { sql: wasSql, ...was } = membersOf(from ?? {});
  const { sql, ...rest } = membersOf(to);
  mergeValue(edit, path, was, rest);
  if (typeof sql !== "string" || sql === wasSql) return;
  const written = edit.get([...path, "file"]);
  if (typeof written === "string") texts.set(posix.join(posix.dirname(file), written), `${sql.trimEnd()}\n`);
  else edit.set([...path, "sql"], sql);
  edit.remove([...path, "columns"]);
}

const noTable = { columns: {}, parts: [], rest: {} };

/** Values keep their place and what is said beside them. */
function mergeEnum(edit: YamlEdit, path: string[], from: Value | undefined, to: Value): void {
  const values = (value: Value | undefined): readonly Value[] =>
    Array.isArray(value) ? value : values(membersOf(value ?? {}).values ?? []);
  const isList = Array.isArray(edit.get(path));
  const list = isList ? path : [...path, "values"];
  const { comment } = membersOf(to);
  if (comment !== undefined && isList) edit.set(path, to, { depth: 0 });
  else if (!isDeepStrictEqual(membersOf(from ?? {}).comment, comment))
    mergeValue(edit, [...path, "comment"], membersOf(from ?? {}).comment, comment);
  if (!isDeepStrictEqual(values(from), values(to)) && !(comment !== undefined && isList))
    edit.arrange(list, values(to));
}

function removeObject({ section, name, file, edit, texts }: Place): void {
  const written = edit.get([section, name, "file"]);
  if (typeof written === "string") texts.remove(posix.join(posix.dirname(file), written));
  edit.remove([section, name]);
}

/** The connection that the text of a file is for. */
export const connectionOf = ({
  connection = defaultConnection,
}: {
  connection?: string | undefined;
}): string => connection;
