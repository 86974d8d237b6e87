import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { DeclaredSchema } from "../../../schema/declared.ts";
import type { TablePermissions } from "../../../schema/manifest.ts";
import { databaseWith, table, user, type World, worldOf } from "./world.ts";

const more = { title: "text", kind: "text", state: "text", note: "text" };
const schema: DeclaredSchema = {
  enums: {},
  domains: { handle: "text" },
  tables: {
    posts: { ...table({}), columns: { owner: { type: "text", nullable: false }, ...table(more).columns } },
    // What else Postgres asks of these, it alone knows.
    named: table({ owner: "handle", ...more }),
    checked: table({ owner: "text", ...more }),
    filled: table({ owner: "text", ...more }),
  },
};
const tables = Object.keys(schema.tables);

let world: World;
let close: () => Promise<void>;

beforeAll(async () => {
  const rest = Object.entries(more).map((column) => column.join(" "));
  const fresh = await databaseWith(`
    create domain handle as text not null;
    create table posts (owner text not null, ${rest});
    create table named (owner handle, ${rest});
    create table checked (owner text check (owner is not null), ${rest});
    create table filled (owner text not null, ${rest});
    create function fill() returns trigger language plpgsql as $f$ begin
      if new.title = 'auto' then new.owner := 'auto'; end if; return new; end $f$;
    create trigger fill before insert on filled for each row execute function fill();`);
  close = fresh.close;
  world = worldOf(fresh.database, schema, {});
});
afterAll(() => close());
beforeEach(async () => {
  await world.database.query({ text: `truncate ${tables}` }, []);
});

// The rule of the fewest columns is the first.
const authenticated = { columns: Object.keys(more), set: { owner: "$user.id" } };
const editor = { columns: ["owner", "title", "kind"], set: {}, check: { kind: "special" } };
const caller = user("ada", ["editor"]);
const special = { title: "a", kind: "special" };
const under = (name: string, insert: TablePermissions["insert"] = { authenticated, editor }): World =>
  world.under({ [name]: { insert } });
const all = async (name: string): Promise<unknown> =>
  (await world.database.query({ text: `select owner, title from ${name} order by title` }, [])).rows;

describe("another role takes no insert away", () => {
  it.each(tables)("where its rule leaves a column of %s empty that must have a value", async (name) => {
    for (const who of [user("ada"), caller])
      expect(await under(name).call(`${name}/insert`, { values: special }, who)).toMatchObject({ count: 1 });
    expect(await all(name)).toEqual(["a", "a"].map((title) => ({ owner: "ada", title })));
  });

  it.each(tables)("of several rows of %s either", async (name) => {
    const values = [special, { title: "b", kind: "plain" }];
    expect(await under(name).call(`${name}/insert`, { values }, caller)).toMatchObject({ count: 2 });
    expect(await all(name)).toEqual(["a", "b"].map((title) => ({ owner: "ada", title })));
  });

  it("and still writes the row where the caller or a trigger gives the value", async () => {
    await under("posts").call("posts/insert", { values: { owner: "bob", ...special } }, caller);
    expect(await all("posts")).toEqual([{ owner: "bob", title: "a" }]);
    await under("filled").call("filled/insert", { values: { ...special, title: "auto" } }, caller);
    expect(await all("filled")).toEqual([{ owner: "auto", title: "auto" }]);
  });

  it("and no statement fails where the schema says that the value is missing", async () => {
    const posts = under("posts");
    await posts.call("posts/insert", { values: special }, caller);
    expect(posts.sent).toHaveLength(1);
  });
});

it.each(tables)("a row of %s that no rule completes is told of it, as under one rule", async (name) => {
  const refused = (insert: TablePermissions["insert"]) =>
    under(name, insert).refused(`${name}/insert`, { values: special }, caller);
  const alone = await refused({ editor });
  expect(alone).toMatchObject({ code: "constraint_violated" });
  const both = await refused({ authenticated: { ...authenticated, check: { kind: "plain" } }, editor });
  expect([both.code, both.message]).toEqual([alone.code, alone.message]);
});
