import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { DeclaredSchema } from "../../../schema/declared.ts";
import { databaseWith, table, user, type World, worldOf } from "./world.ts";

const tooLong = "a".repeat(1_300);

/** A text that each type reads, and texts that it does not. `picky` refuses with the SQLSTATE that it reads. */
const types: Readonly<Record<string, readonly [good: string, ...bad: string[]]>> = {
  hstore: ['"a"=>"1"', "abc", '"'],
  ltree: ["a.b", tooLong, "a..b", "a b!"],
  picky: ["good", "XX000", "AB123", "P0001", "42883", "42P01"],
};
const names = Object.keys(types);
const cases = Object.entries(types).flatMap(([type, [good, ...bad]]) =>
  bad.map((text) => ({ type, good, bad: text, shown: text.slice(0, 10) })),
);
const ofExtensions = cases.filter(({ type }) => type !== "picky");

const columns = names.flatMap((name): [string, string][] => [
  [name, name],
  [`${name}s`, `${name}[]`],
]);
const schema: DeclaredSchema = {
  enums: {},
  tables: { t: table({ owner: "text", ...Object.fromEntries(columns) }), lost: table({ gone: "gone" }) },
};

// Before Postgres 16, hstore refuses a text by XX000, internal_error.
describe.each([18, 15] as const)("on Postgres %s", (version) => {
  let world: World;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const fresh = await databaseWith(
      `create extension hstore; create extension ltree;
      create function is_good(text) returns boolean language plpgsql immutable as $f$ begin
        if $1 is null or $1 = 'good' then return true; end if;
        raise exception 'no' using errcode = $1; end $f$;
      create domain picky as text check (is_good(value));
      create table t (owner text, ${columns.map((column) => column.join(" "))});
      create table lost (gone text);`,
      version,
    );
    close = fresh.close;
    world = worldOf(fresh.database, schema, {});
  });
  afterAll(() => close());
  beforeEach(async () => {
    const values = Object.entries(types).map(([type, [good]]) => `'${good}', array['${good}'::${type}]`);
    await world.database.query({ text: "truncate t" }, []);
    await world.database.query({ text: `insert into t values ('ada', ${values})` }, []);
  });

  const under = (where: object): World => {
    const rule = { public: { columns: ["owner"], where: { ...where } } };
    return world.under({ t: { select: rule, delete: { public: { where: { ...where } } } } });
  };
  const select = (where: object, c: unknown) => under(where).call("t/select", {}, user("ada", [], { c }));
  const remove = (where: object, c: unknown) =>
    under(where).call("t/delete", { where: { owner: "ada" } }, user("ada", [], { c }));

  it.each(cases)("a claim that is no $type never matches and fails no call: $shown", async (it) => {
    for (const [where, claim] of [
      [{ [it.type]: "$claims.c" }, (text: string) => text],
      [{ [it.type]: { in: "$claims.c" } }, (text: string) => [text]],
      [{ [`${it.type}s`]: "$claims.c" }, (text: string) => [text]],
    ] as const) {
      expect(await select(where, claim(it.good))).toHaveLength(1);
      expect(await select(where, claim(it.bad))).toHaveLength(0);
      expect(await select({ not: where }, claim(it.bad))).toHaveLength(0);
      expect(await remove(where, claim(it.bad))).toMatchObject({ count: 0 });
    }
    const either = { or: [{ owner: "$user.id" }, { [it.type]: "$claims.c" }] };
    expect(await remove(either, it.bad)).toMatchObject({ count: 1 });
  });

  it.each(cases)("a claim that is no $type is not written: $shown", async ({ type, bad, good }) => {
    const insert = { public: { columns: ["owner"], set: { [type]: "$claims.c" } } };
    const setting = world.under({ t: { insert } });
    const values = { owner: "x" };
    expect(await setting.refused("t/insert", { values }, user("ada", [], { c: bad }))).toMatchObject({
      code: "forbidden",
    });
    expect(await setting.call("t/insert", { values }, user("ada", [], { c: good }))).toMatchObject({
      count: 1,
    });
  });

  it.each(ofExtensions)(
    "what is sent for a $type and is none is named: $shown",
    async ({ type, bad, good }) => {
      const all = { public: { columns: ["owner", ...columns.map(([name]) => name)], set: {} } };
      const open = world.under({ t: { select: all, insert: all, update: all } });
      const refused = async (call: string, params: object) => {
        const { code, details } = await open.refused(call, params, user("ada"));
        return [code, details?.path];
      };
      const list = `${type}s`;
      expect(await refused("t/insert", { values: { [type]: bad } })).toEqual([
        "invalid_params",
        `values.${type}`,
      ]);
      expect(await refused("t/insert", { values: { owner: "x", [list]: [good, bad] } })).toEqual([
        "invalid_params",
        `values.${list}`,
      ]);
      const values = [good, good, bad, good, bad].map((text) => ({ owner: "x", [type]: text }));
      expect(await refused("t/insert", { values })).toEqual(["invalid_params", `values.2.${type}`]);
      const update = { where: { owner: "ada" }, set: { [list]: [bad] } };
      expect(await refused("t/update", update)).toEqual(["invalid_params", `set.${list}`]);
    },
  );

  it("a type that is not there is no claim's fault", async () => {
    const where = { gone: "$claims.c" };
    const lost = world.under({ lost: { select: { public: { columns: ["gone"], where } } } });
    expect(await lost.refused("lost/select", {}, user("ada", [], { c: "x" }))).toMatchObject({
      code: "internal",
    });
  });
});
