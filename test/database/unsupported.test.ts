import { beforeAll, expect, it } from "vitest";
import { diffModels } from "../../src/database/diff/diff.ts";
import type { Shadow } from "../../src/database/shadow/shadow.ts";
import { declaredFrom } from "../acceptance/schema/declared.ts";
import { sharedShadow } from "./shared-shadow.ts";

let shadow: Shadow;
beforeAll(async () => {
  shadow = await sharedShadow();
}, 60_000);

const empty = declaredFrom(
  "tables: { t: { columns: { a: { type: int, primaryKey: true }, b: { type: int } } } }",
);
const wanted = declaredFrom(`tables:
  t:
    columns: { a: { type: int, primaryKey: true }, b: { type: int } }
    indexes: [{ name: i, columns: [b], unique: true, nullsNotDistinct: true }]
    foreignKeys: [{ name: f, columns: [b], references: { table: t, columns: [a] }, onDelete: set null, setColumns: [b] }]
  n:
    columns: { a: { type: int } }
    unique: [{ name: u, columns: [a], nullsNotDistinct: true }]
`);

it("blocks what a server before 15 cannot, and nothing of it on 15", async () => {
  const [live, desired] = [await shadow.model(empty), await shadow.model(wanted)];
  const on = (version: number) =>
    diffModels({ ...live, version }, desired).blocked.map(({ code, object }) => `${code} ${object}`);
  expect(on(140_010).toSorted()).toEqual([
    "unsupported_by_server n.u",
    "unsupported_by_server t.f",
    "unsupported_by_server t.i",
  ]);
  expect(on(150_000)).toEqual([]);
});

it("says since when Postgres can, and what to do", async () => {
  const [live, desired] = [await shadow.model(empty), await shadow.model(wanted)];
  const { blocked } = diffModels({ ...live, version: 130_005 }, desired);
  expect(blocked.find(({ object }) => object === "t.f")).toMatchObject({
    message: "f of t sets some of its columns, which Postgres can since 15; the server is 13.",
    wayOut: "Leave setColumns out, or upgrade the server.",
  });
});
