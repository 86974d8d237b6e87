import type { SchemaFile } from "../../../schema/schema-file.ts";
import type { Location } from "../../core/diagnostic.ts";
import { quoteIdentifier as quote, quoteBeside, quoteLiteral, quoteName } from "../../database/identifier.ts";
import type { Parsed, Path } from "../../project/project.ts";
import type { DeclareObjects, PlacedObject } from "./placed-object.ts";

/** A comment; `target` is what stands after COMMENT ON. */
export const commentOn = (target: string, text: string, at: Location): PlacedObject => ({
  object: { kind: "comment", name: target, sql: [`comment on ${target} is ${quoteLiteral(text)}`] },
  at,
});

/** What holds named things, each of which may have a comment. */
type Commented = Readonly<Record<string, { comment?: string | undefined } | object>>;

/** Comments beside tables and what is a part of them (PostgreSQL documentation, COMMENT). */
export const declareComments: DeclareObjects = ({ schema }) => {
  const { value } = schema;
  const all = (key: keyof SchemaFile, members: Commented | undefined, word: string): PlacedObject[] =>
    commentsOf(members, [key], (name) => `${word} ${quoteName(name)}`, schema);
  return [
    ...all("schemas", value.schemas, "schema"),
    ...all("extensions", value.extensions, "extension"),
    ...all("enums", value.enums, "type"),
    ...all("domains", value.domains, "domain"),
    ...all("composites", value.composites, "type"),
    ...all("sequences", value.sequences, "sequence"),
    ...all("functions", value.functions, "routine"),
    ...Object.entries(value.functions ?? {}).flatMap(([name, { comments = {} }]) =>
      Object.entries(comments).map(([types, text]) =>
        commentOn(
          `routine ${quoteName(name)}(${types})`,
          text,
          schema.at(["functions", name, "comments", types]),
        ),
      ),
    ),
    ...(["views", "materializedViews"] as const).flatMap((key) => {
      const word = key === "views" ? "view" : "materialized view";
      return [
        ...all(key, value[key], word),
        ...Object.keys(value[key] ?? {}).flatMap((view) => partsOf(key, view, schema)),
      ];
    }),
  ];
};

/** Comments on the columns, triggers and named indexes of a view. */
function partsOf(
  key: "views" | "materializedViews",
  view: string,
  schema: Parsed<SchemaFile>,
): PlacedObject[] {
  const declared = schema.value[key]?.[view];
  if (declared === undefined) return [];
  const columns = Object.entries(declared.columnComments ?? {}).map(([column, text]) =>
    commentOn(
      `column ${quoteName(view)}.${quote(column)}`,
      text,
      schema.at([key, view, "columnComments", column]),
    ),
  );
  const triggers = "triggers" in declared ? declared.triggers : undefined;
  const indexes = ("indexes" in declared ? (declared.indexes ?? []) : []).flatMap(
    ({ name, comment }, index) =>
      name === undefined || comment === undefined
        ? []
        : [
            commentOn(
              `index ${quoteBeside(view, name)}`,
              comment,
              schema.at([key, view, "indexes", index, "comment"]),
            ),
          ],
  );
  return [
    ...columns,
    ...indexes,
    ...commentsOf(
      triggers,
      [key, view, "triggers"],
      (name) => `trigger ${quote(name)} on ${quoteName(view)}`,
      schema,
    ),
  ];
}

/** The comments of the members of one part of a file. */
export const commentsOf = (
  members: Commented | undefined,
  path: Path,
  targetOf: (name: string) => string,
  { at }: { at(path: Path): Location },
): PlacedObject[] =>
  Object.entries(members ?? {}).flatMap(([name, declared]) =>
    "comment" in declared && declared.comment !== undefined
      ? [commentOn(targetOf(name), declared.comment, at([...path, name, "comment"]))]
      : [],
  );
