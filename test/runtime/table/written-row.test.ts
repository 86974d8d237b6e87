import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { anonymous } from "../../../runtime/caller.ts";
import type { DeclaredSchema } from "../../../schema/declared.ts";
import type { TablePermissions } from "../../../schema/manifest.ts";
import { databaseWith, table, user, type World, worldOf } from "./world.ts";

const trigger = "create trigger tidy before insert or update on docs for each row execute function tidy()";
const docs = table(
  { id: "integer", status: "text", owner: "text", price: "numeric(5,1)", quantity: "integer", code: "text" },
  {
    primaryKey: { name: "docs_pkey", columns: ["id"] },
    uniques: [{ name: "docs_code_key", columns: ["code"] }],
    checks: [{ name: "docs_price_check", expression: "price < 1000 or coalesce(status, '') = 'quantity'" }],
  },
);
const generated = (type: string, kind: "stored" | "virtual") => ({
  type,
  nullable: true,
  generated: { expression: "", kind },
});
const schema: DeclaredSchema = {
  enums: {},
  tables: {
    docs: {
      ...docs,
      columns: {
        ...docs.columns,
        locked: generated("boolean", "stored"),
        total: generated("numeric", "virtual"),
      },
    },
  },
};

let world: World;
let close: () => Promise<void>;

beforeAll(async () => {
  const fresh = await databaseWith(`
    create table docs (
      id int primary key, status text, owner text, price numeric(5,1), quantity int, code text unique,
      locked boolean generated always as (status = 'final') stored,
      total numeric generated always as (price * quantity) virtual,
      constraint docs_price_check check (price < 1000 or coalesce(status, '') = 'quantity'));
    create function tidy() returns trigger language plpgsql as $f$ begin
      new.status := lower(new.status);
      if new.code = 'steal' then new.owner := 'bob'; end if;
      return new; end $f$;`);
  close = fresh.close;
  world = worldOf(fresh.database, schema, {});
});
afterAll(() => close());
beforeEach(async () => {
  const run = (text: string) => world.database.query({ text }, []);
  await run("drop trigger if exists tidy on docs");
  await run("truncate docs");
  await run("insert into docs values (1, 'open', 'ada', 10, 20, 'a'), (2, 'final', 'ada', 1, 1, 'b')");
});

const select = { public: { columns: ["id", "status", "owner", "price", "quantity", "code", "total"] } };
const under = (rules: TablePermissions): World => world.under({ docs: { select, ...rules } });
const ada = user("ada");
const one = async (id: number, columns: string): Promise<unknown> =>
  (await world.database.query({ text: `select ${columns} from docs where id = ${id}` }, [])).rows[0];

describe("an update", () => {
  it("cannot leave its permitted set through a column that Postgres computes", async () => {
    const drafts = under({
      update: { public: { columns: ["status", "code"], set: {}, where: { locked: false } } },
    });
    const update = (id: number, set: object) => ({ where: { id }, set });
    expect(await drafts.refused("docs/update", update(1, { status: "final" }), anonymous)).toMatchObject({
      code: "forbidden",
    });
    expect(await one(1, "status")).toEqual({ status: "open" });
    expect(await drafts.call("docs/update", update(1, { status: "ready" }), anonymous)).toMatchObject({
      count: 1,
    });
    expect(await drafts.call("docs/update", update(2, { code: "x" }), anonymous)).toMatchObject({ count: 0 });
  });

  it("cannot leave it through a trigger, though no one declared it and nothing of the rule is sent", async () => {
    await world.database.query({ text: trigger }, []);
    const own = under({ update: { public: { columns: ["code"], set: {}, where: { owner: "ada" } } } });
    for (const where of [{ id: 1 }, { id: { gte: 1 }, code: "a" }])
      expect(await own.refused("docs/update", { where, set: { code: "steal" } }, anonymous)).toMatchObject({
        code: "forbidden",
      });
    expect(await one(1, "owner, code")).toEqual({ owner: "ada", code: "a" });
  });

  it("is let through where the written row meets its check and the old one does not", async () => {
    const cheap = under({
      update: { public: { columns: ["quantity"], set: {}, check: { total: { lte: 100 } } } },
    });
    const update = (quantity: number) => ({ where: { id: 1 }, set: { quantity } });
    expect(await cheap.call("docs/update", update(5), anonymous)).toMatchObject({ count: 1 });
    expect(await cheap.refused("docs/update", update(50), anonymous)).toMatchObject({ code: "forbidden" });
  });

  it("is let through where the column rounds what was sent to what its check takes", async () => {
    const rules = { columns: ["price"], set: {}, check: { price: { lte: 10 } } };
    const cheap = under({ update: { public: rules } });
    const update = (price: number) => ({ where: { id: 1 }, set: { price } });
    expect(await cheap.call("docs/update", update(10.04), anonymous)).toMatchObject({ count: 1 });
    expect(await cheap.refused("docs/update", update(10.06), anonymous)).toMatchObject({ code: "forbidden" });
  });
});

describe("an insert", () => {
  const declared = {
    ...schema,
    objects: [{ kind: "trigger" as const, table: "docs", name: "tidy", sql: [trigger] }],
  };

  it("is let through where a declared trigger makes the row what its check takes", async () => {
    await world.database.query({ text: trigger }, []);
    const rules = { insert: { public: { columns: ["id", "status"], set: {}, check: { status: "open" } } } };
    const docs = worldOf(world.database, declared, { docs: { select, ...rules } });
    expect(await docs.call("docs/insert", { values: { id: 3, status: "OPEN" } }, anonymous)).toMatchObject({
      count: 1,
    });
    expect(await docs.refused("docs/insert", { values: { id: 4, status: "x" } }, anonymous)).toMatchObject({
      code: "forbidden",
    });
  });

  it("names no constraint that a row met before a trigger decided on it", async () => {
    await world.database.query({ text: trigger }, []);
    const rules = {
      insert: { public: { columns: ["id", "status", "code"], set: {}, check: { status: "open" } } },
    };
    const values = { id: 3, status: "x", code: "a" };
    const undecided = worldOf(world.database, declared, { docs: rules });
    expect(await undecided.refused("docs/insert", { values }, anonymous)).toMatchObject({
      code: "conflict",
      details: undefined,
    });
    const decided = worldOf(world.database, schema, { docs: rules });
    expect(await decided.refused("docs/insert", { values }, anonymous)).toMatchObject({ code: "forbidden" });
  });

  it("of several rows writes each by its own rule", async () => {
    const docs = under({
      insert: {
        authenticated: {
          columns: ["id", "code"],
          set: { owner: "$user.id" },
          check: { code: { in: ["x", "y"] } },
        },
        lead: { columns: ["id", "code", "status"], set: { status: "lead" } },
      },
    });
    const values = [
      { id: 3, code: "x" },
      { id: 4, code: "plan" },
      { id: 5, code: "y" },
    ];
    expect(await docs.refused("docs/insert", { values }, ada)).toMatchObject({ code: "forbidden" });
    const answer = await docs.call(
      "docs/insert",
      { values, columns: ["id", "owner"] },
      user("ada", ["lead"]),
    );
    expect(answer).toEqual({
      count: 3,
      rows: [
        { id: 3, owner: "ada" },
        { id: 4, owner: null },
        { id: 5, owner: "ada" },
      ],
    });
    expect(await one(4, "status, owner")).toEqual({ status: "lead", owner: null });
  });

  it("names a check that it breaks and the columns of it that the caller may write", async () => {
    const insert = (columns: string[]) => under({ insert: { public: { columns, set: {} } } });
    const values = { id: 3, price: 2000 };
    expect(
      await insert(["id", "price", "status"]).refused("docs/insert", { values }, anonymous),
    ).toMatchObject({
      code: "constraint_violated",
      details: { constraint: "docs_price_check", columns: ["status", "price"] },
    });
    expect(await insert(["id", "price"]).refused("docs/insert", { values }, anonymous)).toMatchObject({
      code: "constraint_violated",
      details: undefined,
    });
  });
});
