import type { TriggerDeclaration } from "../../../schema/triggers.ts";
import { quoteIdentifier, quoteList, quoteName } from "../../database/identifier.ts";
import type { DeclareObjects } from "./placed-object.ts";

const states = {
  origin: "enable",
  always: "enable always",
  replica: "enable replica",
  disabled: "disable",
} as const;

type Owner = { triggers?: Readonly<Record<string, TriggerDeclaration>> | undefined };

/** The triggers of tables and views (PostgreSQL documentation, CREATE TRIGGER). */
export const declareTriggers: DeclareObjects = ({ schema }) =>
  (["tables", "views"] as const).flatMap((owners) =>
    Object.entries<Owner>(schema.value[owners] ?? {}).flatMap(([table, { triggers = {} }]) =>
      Object.entries(triggers).map(([name, trigger]) => {
        const path = [owners, table, "triggers", name];
        const { enabled = "origin" } = trigger;
        const alter = `alter table ${quoteName(table)} ${states[enabled]} trigger ${quoteIdentifier(name)}`;
        const sql = [createTrigger(name, table, trigger), ...(enabled === "origin" ? [] : [alter])];
        return { object: { kind: "trigger" as const, table, name, sql }, at: schema.at(path, "key") };
      }),
    ),
  );

function eventsOf({ before, after, insteadOf }: TriggerDeclaration) {
  if (before !== undefined) return { when: "before", events: before };
  return after === undefined
    ? { when: "instead of", events: insteadOf ?? [] }
    : { when: "after", events: after };
}

function createTrigger(name: string, table: string, trigger: TriggerDeclaration): string {
  const { columns, constraint, from, oldTable, newTable, forEach = "row", when, execute } = trigger;
  const { when: moment, events } = eventsOf(trigger);
  const of = columns === undefined ? "" : ` of ${quoteList(columns)}`;
  const called = events.map((event) => (event === "update" ? `update${of}` : event)).join(" or ");
  const transitions = [
    ...(oldTable === undefined ? [] : [`old table as ${quoteIdentifier(oldTable)}`]),
    ...(newTable === undefined ? [] : [`new table as ${quoteIdentifier(newTable)}`]),
  ];
  return [
    `create ${constraint === undefined ? "" : "constraint "}trigger ${quoteIdentifier(name)}`,
    `${moment} ${called} on ${quoteName(table)}`,
    ...(from === undefined ? [] : [`from ${quoteName(from)}`]),
    ...(constraint === undefined ? [] : [deferral[constraint]]),
    ...(transitions.length === 0 ? [] : [`referencing ${transitions.join(" ")}`]),
    `for each ${forEach}`,
    ...(when === undefined ? [] : [`when (${when})`]),
    `execute function ${execute}`,
  ].join(" ");
}

const deferral = {
  "not deferrable": "not deferrable",
  deferrable: "deferrable",
  "initially deferred": "deferrable initially deferred",
} as const;
