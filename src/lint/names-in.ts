import { splitName } from "../database/identifier.ts";
import type { DeclaredObject } from "../database/shadow/render.ts";
import type { LintedSchema } from "./rule.ts";

/** A name that people write. `local` is without its schema. */
type WrittenName = { of: DeclaredObject; local: string; called: string };

/** The names that people write in SQL: of tables, columns, enums, views, types and sequences. */
export function namesIn({ declared, model }: LintedSchema): WrittenName[] {
  const whole = (of: DeclaredObject): WrittenName => ({
    of,
    local: splitName(of.name).local,
    called: `The name ${of.name}`,
  });
  return [
    ...Object.keys(declared.enums).map((name) => whole({ kind: "enum", name })),
    ...[...model.tables].flatMap(([table, { columns }]) => [
      whole({ kind: "table", name: table }),
      ...[...columns.keys()].map((name) => ({
        of: { kind: "column" as const, table, name },
        local: name,
        called: `The name ${table}.${name}`,
      })),
    ]),
    ...[...model.objects.values()].flatMap(({ kind, name, table }) =>
      table === undefined && named.has(kind) ? [whole({ kind, name })] : [],
    ),
  ];
}

const named: ReadonlySet<string> = new Set([
  "view",
  "materializedView",
  "sequence",
  "domain",
  "composite",
  "schema",
]);
