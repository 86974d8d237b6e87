import { expect, it, onTestFinished } from "vitest";
import { readModel } from "../../src/database/catalog/read-model.ts";
import { openPglite } from "../../src/database/pglite.ts";
import { undone } from "../../src/database/transaction.ts";
import { type EntityGraph, entityGraph } from "../../src/diagram/entity-graph.ts";

async function graphOf(sql: string, schemas = ["public"]): Promise<EntityGraph> {
  const database = await openPglite();
  onTestFinished(() => database.close());
  return undone(database, async () => {
    await database.script(sql);
    return entityGraph(await readModel(database, { schemas, ignore: [], unmanagedPartitions: [] }));
  });
}

it("has the cardinalities that null and unique keys give", { timeout: 60_000 }, async () => {
  const { relations } = await graphOf(`
    create table u (id bigint primary key);
    create table many_must (u bigint not null references u);
    create table many_may (u bigint references u);
    create table one_must (u bigint primary key references u);
    create table one_may (u bigint unique references u);
    create table one_by_index (u bigint references u); create unique index on one_by_index (u);
    create table partly (u bigint references u); create unique index on partly (u) where u > 5;
    create table wider (u bigint references u, b int, unique (u, b));`);
  expect(relations.map(({ from, optional, one }) => [from, optional, one])).toEqual([
    ["many_must", false, false],
    ["many_may", true, false],
    ["one_must", false, true],
    ["one_may", true, true],
    ["one_by_index", true, true],
    ["partly", true, false],
    ["wider", true, false],
  ]);
});

it("marks keys, and has tables that refer to themselves and keys of several columns", {
  timeout: 60_000,
}, async () => {
  const { entities, relations } = await graphOf(`
    create table t (a int, b varchar(5) not null, up int, upb varchar(5), at timestamptz(3), "Mixed" text,
      primary key (a, b), foreign key (up, upb) references t);
    create unique index on t ("Mixed");`);
  expect(entities[0]?.columns.map(({ name, type, keys }) => [name, type, keys.join(",")])).toEqual([
    ["a", "integer", "PK"],
    ["b", "varchar(5)", "PK"],
    ["up", "integer", "FK"],
    ["upb", "varchar(5)", "FK"],
    ["at", "timestamptz(3)", ""],
    ["Mixed", "text", "UK"],
  ]);
  expect(relations).toEqual([
    expect.objectContaining({ from: "t", columns: ["up", "upb"], to: "t", references: ["a", "b"] }),
  ]);
});

it("leaves out a foreign key to what is not managed", { timeout: 60_000 }, async () => {
  const { entities, relations } = await graphOf(
    "create schema other; create table other.u (id int primary key); create table t (u int references other.u)",
  );
  expect(entities.map(({ name }) => name)).toEqual(["t"]);
  expect(relations).toEqual([]);
});
