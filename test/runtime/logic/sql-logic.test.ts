import { describe, expect, it } from "vitest";
import type { Binding, SqlLogic } from "../../../schema/manifest.ts";
import { manifestOf, notesSql } from "../manifest.ts";
import { execute, notesDatabase, type Served, serve, untilReady } from "../serve.ts";
import { serveModules } from "./serve-modules.ts";

const unsigned = (claims: object): { authorization: string } => ({
  authorization: `Bearer ${["{}", JSON.stringify(claims)].map((part) => Buffer.from(part).toString("base64url")).join(".")}.`,
});
const ada = unsigned({ sub: "ada" });
const editor = unsigned({ sub: "eve", roles: ["editor"] });

type Change = Partial<Omit<SqlLogic, "kind" | "statements">>;
const param = (name: string): Binding => ({ from: "param", name });
const statement = (sql: string, bindings: Binding[] = [], types: string[] = [], first = "n") => ({
  sql,
  bindings,
  types,
  result: [{ name: first, type: "integer" }],
});
const logicOf = (statements: SqlLogic["statements"], change: Change = {}): SqlLogic => ({
  kind: "sql",
  access: "public",
  params: {},
  connection: "main",
  returns: "rows",
  ...change,
  statements,
});

async function serving(
  logic: Record<string, SqlLogic>,
  environment: Record<string, string> = {},
): Promise<Served & { database: string }> {
  const { url } = await notesDatabase();
  const served = await serve({
    url,
    manifest: manifestOf({ logic }),
    environment: { STK_DISABLE_AUTH: "true", ...environment },
  });
  await untilReady(served);
  return { ...served, database: url };
}

describe("params", () => {
  const echo = logicOf(
    [
      statement(
        "select ($1::integer) as n, ($2::text[]) as list, ($3::mood) as mood",
        [param("n"), param("list"), param("mood")],
        ["integer", "text[]", "mood"],
      ),
    ],
    {
      returns: "row",
      params: {
        n: { type: "integer" },
        list: { type: "text[]", nullable: true, default: null },
        mood: { type: "mood", default: "calm" },
      },
    },
  );

  it("are bound as their types, with defaults for those left out", async () => {
    const { call } = await serving({ echo });
    expect((await call("echo", { n: 1 })).body.data).toEqual({ n: 1, list: null, mood: "calm" });
    expect((await call("echo", { n: 2, list: ["a", 'b"', null], mood: "cross" })).body.data).toEqual({
      n: 2,
      list: ["a", 'b"', null],
      mood: "cross",
    });
  });

  it.each([
    ["a missing one", {}, "n"],
    ["null where it may not be", { n: null }, "n"],
    ["a fraction", { n: 1.5 }, "n"],
    ["a number that is too large", { n: 2 ** 31 }, "n"],
    ["an object", { n: {} }, "n"],
    ["a list of lists that differ", { n: 1, list: [["a"], ["b", "c"]] }, "list"],
    ["what is no label", { n: 1, mood: "glad" }, "mood"],
    ["an unknown one", { n: 1, extra: 1 }, "extra"],
    ["one named like a prototype's", { n: 1, constructor: 1 }, "constructor"],
  ])("refuse %s", async (_, params, path) => {
    const { call } = await serving({ echo });
    const { status, body } = await call("echo", params);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: "invalid_params", details: { path } });
  });
});

describe("access", () => {
  const one = (access: SqlLogic["access"]) =>
    logicOf([statement("select 1 as n")], { access, returns: "value" });

  it("is for everybody, for those with a token, for roles, or for logic alone", async () => {
    const { call } = await serving({
      open: one("public"),
      known: one("authenticated"),
      edit: one(["editor"]),
      hidden: one("private"),
    });
    const outcomes = async (headers?: Record<string, string>) =>
      Promise.all(
        ["open", "known", "edit", "hidden"].map(async (path) => (await call(path, {}, headers)).status),
      );
    expect(await outcomes()).toEqual([200, 401, 401, 404]);
    expect(await outcomes(ada)).toEqual([200, 200, 403, 404]);
    expect(await outcomes(editor)).toEqual([200, 200, 200, 404]);
  });

  it("to private logic looks as if there were none", async () => {
    const { call } = await serving({ hidden: one("private") });
    const [hidden, none] = await Promise.all([call("hidden"), call("none")]);
    expect({ ...hidden.body.error, requestId: "" }).toEqual({ ...none.body.error, requestId: "" });
  });
});

describe("the caller", () => {
  it("is bound by id, roles and claims; what does not fit its type is NULL", async () => {
    const who = logicOf(
      [
        statement(
          "select $1::text as id, ($2::text[]) as roles, $3::integer as tenant, $4::uuid as team",
          [
            { from: "user", name: "id" },
            { from: "user", name: "roles" },
            { from: "claim", name: "tenant" },
            { from: "claim", name: "constructor" },
          ],
          ["text", "text[]", "integer", "uuid"],
        ),
      ],
      { returns: "row" },
    );
    const { call } = await serving({ who });
    const data = async (claims?: object) => (await call("who", {}, claims && unsigned(claims))).body.data;
    expect(await data()).toEqual({ id: null, roles: ["public"], tenant: null, team: null });
    expect(await data({ sub: "ada", tenant: 7 })).toMatchObject({
      id: "ada",
      roles: ["authenticated", "public"],
      tenant: 7,
    });
    expect(await data({ sub: "ada", tenant: "7 or 1=1" })).toMatchObject({ tenant: null });
    expect(await data({ sub: "ada", tenant: { a: 1 } })).toMatchObject({ tenant: null });
    expect(await data({ sub: "ada", tenant: [] })).toMatchObject({ tenant: null });
  });
});

describe("a claim of the wrong type", () => {
  const bound: Readonly<Record<string, readonly [type: string, good: unknown, bad: unknown]>> = {
    inet: ["inet", "10.0.0.1", "10.0.0.300"],
    cidr: ["cidr", "10.0.0.0/8", "10.0.0.1/8"],
    range: ["int4range", "[1,3)", "[3,1)"],
    span: ["span", "[1,3)", "none"],
    domain: ["small", 7, 700],
    domains: ["small[]", [7], [7, 700]],
    when: ["interval", "1 day", "soon"],
  };
  const types = Object.values(bound).map(([type]) => type);
  const echo = (access: SqlLogic["access"], before: SqlLogic["statements"] = []): SqlLogic =>
    logicOf(
      [
        ...before,
        statement(
          `select ${Object.keys(bound)
            .map((name, index) => `($${index + 1}::${types[index]})::text as "${name}"`)
            .join(", ")}`,
          Object.keys(bound).map((name): Binding => ({ from: "claim", name })),
          types,
          "inet",
        ),
      ],
      { access, returns: "row" },
    );
  const claims = (which: 1 | 2, name?: string): object => ({
    sub: "ada",
    ...Object.fromEntries(
      Object.entries(bound).map(([key, values]) => [
        key,
        values[name === key || name === undefined ? which : 1],
      ]),
    ),
  });

  it("is NULL and breaks no call, inside of a transaction too", async () => {
    const insert = statement("insert into notes values (99, 'ada', 'x')");
    const { call, sql } = await serveModules(
      {
        outer:
          'return context.transaction(async () => { await context.call("several"); return context.call("one"); });',
      },
      {
        schema: `${notesSql} create type span as range (subtype = int4); create domain small as int check (value < 100);`,
        change: {
          logic: { one: echo("public"), several: echo("public", [insert]) },
          schema: {
            main: { ...manifestOf().schema.main, enums: {}, tables: {}, domains: { small: "integer" } },
          },
          permissions: {},
        },
      },
    );
    const data = async (path: string, given: object) => {
      const { status, body } = await call(path, {}, unsigned(given));
      return status === 200 ? body.data : body;
    };
    const good = await data("one", claims(1));
    expect(good).toEqual({
      inet: "10.0.0.1/32",
      cidr: "10.0.0.0/8",
      range: "[1,3)",
      span: "[1,3)",
      domain: "7",
      domains: "{7}",
      when: "P1D",
    });
    for (const name of Object.keys(bound))
      expect(await data("one", claims(2, name)), name).toEqual({ ...Object(good), [name]: null });
    const none = Object.fromEntries(Object.keys(bound).map((name) => [name, null]));
    expect(await data("outer", claims(2))).toEqual(none);
    expect(await sql("select count(*)::integer as n from notes where id = 99")).toEqual([{ n: 1 }]);
  });
});

describe("results", () => {
  it("are rows, a row, a value or nothing", async () => {
    const rows = [statement("select id as n from notes where id < 3 order by id")];
    const none = [statement("select id as n from notes where id > 3")];
    const { call } = await serving({
      rows: logicOf(rows),
      row: logicOf(rows, { returns: "row" }),
      value: logicOf(rows, { returns: "value" }),
      none: logicOf(rows, { returns: "none" }),
      noRow: logicOf(none, { returns: "row" }),
      noValue: logicOf(none, { returns: "value" }),
    });
    const answers = await Promise.all(
      ["rows", "row", "value", "none", "noRow", "noValue"].map(async (path) => (await call(path)).body.data),
    );
    expect(answers).toEqual([[{ n: 1 }, { n: 2 }], { n: 1 }, 1, null, null, null]);
  });

  it("have no more rows than the limit", async () => {
    const { call } = await serving({
      many: logicOf([statement("select generate_series(1, 101) as n")]),
      enough: logicOf([statement("select generate_series(1, 100) as n")]),
      written: logicOf([
        statement("insert into notes select n, 'ada', '' from generate_series(100, 200) n returning id as n"),
      ]),
    });
    expect((await call("enough")).status).toBe(200);
    const { status, body } = await call("many");
    expect({ status, code: body.error?.code }).toEqual({ status: 422, code: "logic_failed" });
    expect(body.error?.message).toBe("The answer has more than 100 rows.");
    expect((await call("written")).body.error?.message).toBe(
      "The call was made, but its answer has more than 100 rows.",
    );
  });

  it("of several statements are the last one's, and all or none of them happen", async () => {
    const { call, database } = await serving({
      swap: logicOf(
        [
          statement("delete from notes where id = ($1::integer)", [param("id")], ["integer"]),
          statement(
            "insert into notes values (9, 'ada', ($1::text)) returning id as n",
            [param("body")],
            ["text"],
          ),
          statement("select count(*)::integer as n from notes"),
        ],
        { returns: "value", params: { id: { type: "integer" }, body: { type: "text", nullable: true } } },
      ),
    });
    expect((await call("swap", { id: 1, body: null })).body.error?.code).toBe("internal");
    expect((await execute(database, "select id from notes order by id")).rows).toEqual([
      { id: 1 },
      { id: 2 },
      { id: 3 },
    ]);
    expect((await call("swap", { id: 1, body: "nine" })).body.data).toBe(3);
  });

  it("of a broken statement say nothing of it", async () => {
    const broken = logicOf([statement("select secret_column from secret_table")]);
    const { call } = await serving({ broken }, { STK_SCHEMA_MISMATCH: "serve" });
    const { status, body } = await call("broken");
    expect(status).toBe(503);
    expect(JSON.stringify(body)).not.toMatch(/secret/);
  });
});

describe("kept answers", () => {
  const mine = logicOf(
    [
      statement(
        "select count(*)::integer as n from notes where owner_id = $1 and id < ($2::integer)",
        [{ from: "user", name: "id" }, param("below")],
        ["text", "integer"],
      ),
    ],
    {
      access: "authenticated",
      returns: "value",
      cacheMs: 300,
      params: { below: { type: "integer", default: 100 } },
    },
  );

  it("are given again to the same values only, and only for a while", async () => {
    const { call, database } = await serving({ mine });
    const count = async (sub: string, params = {}) =>
      (await call("mine", params, unsigned({ sub }))).body.data;
    expect(await count("ada")).toBe(2);
    await execute(database, "insert into notes values (4, 'ada', 'four'), (5, 'bob', 'five')");
    expect(await count("ada")).toBe(2);
    expect(await count("bob")).toBe(2);
    expect(await count("ada", { below: 50 })).toBe(3);
    await new Promise((resolve) => setTimeout(resolve, 350));
    expect(await count("ada")).toBe(3);
  });

  it("are given to nobody who may not call", async () => {
    const { call } = await serving({ mine });
    await call("mine", {}, ada);
    expect((await call("mine")).status).toBe(401);
  });
});
