import { defaultSchema } from "../../../schema/names.ts";
import type { Diagnostic, Location } from "../../core/diagnostic.ts";
import { suggest } from "../../core/suggest.ts";
import { ignores } from "../../database/catalog/scope.ts";
import { embeddableExtensions } from "../../database/contrib.ts";
import { splitName } from "../../database/identifier.ts";
import { kindOf } from "../../database/kinds/kinds.ts";
import { problem } from "../../project/problem.ts";
import type { ConnectionCatalog } from "../catalog.ts";
import type { Context } from "../context.ts";

/** Everything is in a schema that is managed, is stk's to manage, and can be tried in the embedded Postgres. */
export const checkSchemas = ({ catalog }: Context): Diagnostic[] =>
  [...catalog.values()].flatMap((connection) => {
    const declared = declaredIn(connection);
    const schemas = schemasOf(connection);
    return [
      ...declared.flatMap((one) => unmanaged(one, schemas)),
      ...reservedSchemas(connection),
      ...ignored([...declared, ...partsIn(connection)], connection),
      ...extensions(connection),
    ];
  });

type Declared = { word: string; name: string; at: Location };

/** Everything that is in a schema. */
const declaredIn = ({ tables, enums, objects }: ConnectionCatalog): Declared[] => [
  ...[...tables.values()].map(({ name, at }) => ({ word: "table", name, at: at([], "key") })),
  ...[...enums].map(([name, { at }]) => ({ word: "enum", name, at })),
  ...objects.flatMap(({ object: { kind, name, table }, at }) =>
    kind === "comment" || kind === "schema" || kind === "extension" || table !== undefined
      ? []
      : [{ word: kindOf(kind).word, name, at }],
  ),
];

/** What is a part of a table or a view, and is named. */
const partsIn = ({ objects }: ConnectionCatalog): (Declared & { table: string })[] =>
  objects.flatMap(({ object: { kind, name, table }, at }) =>
    kind === "comment" || table === undefined ? [] : [{ word: kindOf(kind).word, name, table, at }],
  );

const schemasOf = ({ files }: ConnectionCatalog): string[] =>
  files.flatMap(({ schemas = {} }) => Object.keys(schemas));

function unmanaged({ word, name, at }: Declared, schemas: readonly string[]): Diagnostic[] {
  const { schema } = splitName(name);
  if (schema === defaultSchema || schemas.includes(schema)) return [];
  return [
    problem(
      at,
      "unknown_schema",
      `The ${word} \`${name}\` is in the schema \`${schema}\`, which is not declared.`,
      suggest(schema, [defaultSchema, ...schemas]) ?? `Declare it: schemas: { ${schema}: {} }`,
    ),
  ];
}

const reserved = /^(?:pg_.*|information_schema|_stk|_stk_run)$/;

const reservedSchemas = ({ objects }: ConnectionCatalog): Diagnostic[] =>
  objects
    .filter(({ object }) => object.kind === "schema" && reserved.test(object.name))
    .map(({ object: { name }, at }) =>
      problem(
        at,
        "reserved_name",
        `The schema \`${name}\` is ${name.startsWith("_stk") ? "stk's own" : "Postgres' own"}.`,
        "Give the schema another name.",
      ),
    );

/** What other tools own cannot be declared here too. */
function ignored(
  declared: readonly (Declared & { table?: string })[],
  { files }: ConnectionCatalog,
): Diagnostic[] {
  const patterns = files.flatMap(({ ignore = [] }) => ignore);
  return patterns.flatMap((pattern) => {
    const isIgnored = ignores({ ignore: [pattern] });
    return declared
      .filter(({ name, table }) => isIgnored(name, table) && (table === undefined || !isIgnored(table)))
      .map(({ word, name, at }) =>
        problem(
          at,
          "ignored_declared",
          `The ${word} \`${name}\` is declared and matches \`${pattern}\` of ignore.`,
          "Take away the one or the other.",
        ),
      );
  });
}

const unfamiliar = (name: string): string =>
  `The Postgres that stk tries declarations in has no extension \`${name}\`, so nothing that it brings can be declared.`;

function extensions(connection: ConnectionCatalog): Diagnostic[] {
  const schemas = [defaultSchema, ...schemasOf(connection)];
  return connection.objects.flatMap(({ object: { kind, name }, at }) => {
    if (kind !== "extension") return [];
    if (name === "plpgsql")
      return [problem(at, "reserved_name", "The extension `plpgsql` is in every database.", "Take it away.")];
    const declared = connection.files.map(({ extensions }) => extensions?.[name]).find(Boolean);
    const meant = suggest(name, embeddableExtensions);
    const isKnown = embeddableExtensions.includes(name);
    if (!isKnown && declared?.version !== undefined)
      return [
        problem(
          at,
          "unknown_extension",
          `${unfamiliar(name)} Its versions cannot be followed.`,
          meant ?? "Take the version away.",
        ),
      ];
    const doubted: Diagnostic[] =
      isKnown || meant === undefined
        ? []
        : [{ ...problem(at, "unknown_extension", unfamiliar(name), meant), severity: "warning" }];
    const within = declared?.schema;
    if (within === undefined || schemas.includes(within)) return doubted;
    return [
      ...doubted,
      problem(
        at,
        "unknown_schema",
        `The extension \`${name}\` is in the schema \`${within}\`, which is not declared.`,
        suggest(within, schemas) ?? `Declare it: schemas: { ${within}: {} }`,
      ),
    ];
  });
}
