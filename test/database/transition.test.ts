import { expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { openPglite } from "../../src/database/pglite.ts";
import { planSchema } from "../../src/database/plan/plan.ts";
import { yamlName } from "../../src/database/yaml-name.ts";
import { declaredFrom } from "../acceptance/schema/declared.ts";
import { sharedShadow } from "./shared-shadow.ts";

it("hints at the rename of a table where another with its columns is new, and only there", async () => {
  const database = await openPglite();
  onTestFinished(() => database.close());
  const shadow = await sharedShadow();
  await database.script(
    'create table "To-dos" (id int, title text); create table notes (id int, body text); create table one (id int)',
  );
  const declared = declaredFrom(`tables:
  tasks: { columns: { title: { type: text }, id: { type: int } } }
  two: { columns: { id: { type: int } } }`);
  const { plan } = await planSchema(database, { connection: "main", declared, shadow });
  expect(plan.notices.map(({ message }) => message)).toEqual([
    'The table To-dos is not declared. If tasks is its new name, declare that before applying: renamedFrom: "To-dos"',
    "The table notes is not declared.",
    "The table one is not declared.",
  ]);
});

it.each([
  "title",
  "_a1",
  "createdAt",
  "null",
  "True",
  "~",
  "1",
  "0x1",
  "a b",
  "a-b",
  "a: b",
  'is "it"',
  "it's",
  "#",
  "é",
  "a\\b",
])("writes the name %s so that YAML reads it back", (name) => {
  expect(parse(`removed: { tables: [${yamlName(name)}] }`)).toEqual({ removed: { tables: [name] } });
});
