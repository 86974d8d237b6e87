import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type EmbeddedDatabase, openPglite } from "../../src/database/pglite.ts";
import { loadSeeds, seedsByConnection } from "../../src/dev/seeds.ts";

let database: EmbeddedDatabase;
beforeAll(async () => {
  database = await openPglite();
});
afterAll(() => database.close());
beforeEach(() =>
  database.script(
    "drop schema if exists _stk cascade; drop table if exists tea; create table tea (name text)",
  ),
);

const names = async () =>
  (await database.query<{ name: string }>("select name from tea")).map(({ name }) => name);
const seeds = [
  { file: "seeds/1.sql", text: "insert into tea values ('assam');" },
  { file: "seeds/2.sql", text: "insert into tea values ('sencha');" },
];

test("seeds are loaded once, and changed ones are told from the ones that were loaded", async () => {
  expect(await loadSeeds(database, seeds)).toBe("seeded");
  expect(await loadSeeds(database, seeds)).toBe("unchanged");
  expect(await loadSeeds(database, seeds.slice(1))).toBe("changed");
  expect(await names()).toEqual(["assam", "sencha"]);
});

test("of seeds that Postgres refuses none is loaded, the place is named, and the next try loads all", async () => {
  const broken = {
    file: "seeds/2.sql",
    text: "insert into tea values ('sencha');\n\n  insert into teas values (1);",
  };
  await expect(loadSeeds(database, [...seeds.slice(0, 1), broken])).rejects.toMatchObject({
    diagnostics: [{ file: "seeds/2.sql", line: 3, column: 15, code: "seed_failed" }],
  });
  expect(await names()).toEqual([]);
  expect(await loadSeeds(database, seeds)).toBe("seeded");
});

test("a folder names the connection, and one that is none is refused with what was meant", () => {
  const files = ["seeds/a.sql", "seeds/analytics/b.sql"].map((file) => ({ file, text: "" }));
  const found = seedsByConnection(files, ["main", "analytics"]);
  expect([...found].map(([name, list]) => [name, list.map(({ file }) => file)])).toEqual([
    ["main", ["seeds/a.sql"]],
    ["analytics", ["seeds/analytics/b.sql"]],
  ]);
  const misspelt = [{ file: "seeds/analytic/b.sql", text: "" }];
  expect(() => seedsByConnection(misspelt, ["main", "analytics"])).toThrow(
    expect.objectContaining({
      diagnostics: [expect.objectContaining({ hint: "Did you mean `analytics`?" })],
    }),
  );
});
