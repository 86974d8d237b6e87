import { describe, expect, it } from "vitest";
import type { SqlLogic } from "../../../schema/manifest.ts";
import { logReader } from "../../../src/dev/request-log.ts";
import { manifestOf, notesSql } from "../manifest.ts";
import { serveModules, unverified } from "./serve-modules.ts";

const ada = unverified({ sub: "ada" });

/** SQL logic with one parameter `p`, whose statement stands in the file's third line, indented by two. */
const sqlLogic = (sql: string, type = "text"): SqlLogic => ({
  kind: "sql",
  access: "public",
  params: { p: { type } },
  connection: "main",
  returns: "rows",
  statements: [
    {
      sql,
      bindings: sql.includes("$1") ? [{ from: "param", name: "p" }] : [],
      types: sql.includes("$1") ? [type] : [],
      result: [{ name: "n", type: "text" }],
      places: [[0, 3, 3]],
    },
  ],
});

type Line = { msg?: string; path?: string; error?: unknown };
const failed = (lines: readonly Line[], path: string) =>
  JSON.stringify(lines.filter((line) => line.path === path && line.error !== undefined));

describe("what Postgres refuses of SQL logic", () => {
  it("is internal, with SQLSTATE, message, position and place in the log", async () => {
    const { call, lines } = await serveModules(
      {},
      {
        change: {
          logic: {
            divide: sqlLogic("select\n  10 / ($1::integer) as n", "integer"),
            twice: sqlLogic("insert into notes values (1, ($1::text), 'x') returning body as n"),
            stored: sqlLogic("select body::integer as n from notes where ($1::text) is not null"),
          },
        },
      },
    );
    const code = async (path: string, p: unknown) => (await call(path, { p })).body.error?.code;
    expect(await code("divide", 0)).toBe("internal");
    expect(failed(lines, "divide")).toMatch(/logic\/divide\.sql:3:3.*22012|22012.*logic\/divide\.sql:3:3/);
    expect(failed(lines, "divide")).toContain("division by zero");
    expect(await code("twice", "t0ps3cret")).toBe("internal");
    expect(failed(lines, "twice")).toContain("notes_pkey");
    expect(await code("stored", "x")).toBe("internal");
    expect(failed(lines, "stored")).toContain("22P02");
    expect(JSON.stringify(lines)).not.toContain("t0ps3cret");
    expect(failed(lines, "stored")).not.toContain("three");
  });

  it.each([
    ["a text search", "select to_tsquery(($1::text))::text as n", "text", "a & | b"],
    ["a regular expression", "select body as n from notes where body ~ ($1::text)", "text", "(("],
    ["a jsonpath", "select jsonb_path_query('{}', ($1::jsonpath))::text as n", "jsonpath", "$."],
    ["a jsonpath in a text", "select jsonb_path_query('{}', ($1::text)::jsonpath)::text as n", "text", "$."],
    ["a pattern", "select body as n from notes where body like ($1::text)", "text", "o\\"],
    ["JSON that jsonb cannot hold", "select ($1::jsonb)::text as n", "jsonb", "\0"],
    ["a number in a text", "select (($1::text)::integer)::text as n", "text", "abc"],
    ["a day that is none", "select (($1::text)::date)::text as n", "text", "2026-02-30"],
  ])("is the caller's where they give %s that is none", async (_, sql, type, p) => {
    const { call } = await serveModules({}, { change: { logic: { it: sqlLogic(sql, type) } } });
    const { status, body } = await call("it", { p });
    expect({ status, ...body.error }).toMatchObject({
      status: 400,
      code: "invalid_params",
      details: { path: "p" },
    });
  });

  it("blames none of several texts alone", async () => {
    const two = sqlLogic("select body as n from notes where body ~ ($2::text) and body <> ($1::text)");
    const params = { p: { type: "text" }, q: { type: "text" } };
    const bindings = ["p", "q"].map((name) => ({ from: "param" as const, name }));
    const statements = two.statements.map((one) => ({ ...one, bindings, types: ["text", "text"] }));
    const { call } = await serveModules({}, { change: { logic: { it: { ...two, params, statements } } } });
    const { body } = await call("it", { p: "a", q: "((" });
    expect(body.error).toMatchObject({
      code: "invalid_params",
      message: "One of `p`, `q` is not written as the call needs it (2201B).",
    });
    expect(body.error).not.toHaveProperty("details");
  });

  describe("where a claim or a default is bound beside what is sent", () => {
    /** `w` and `d` are parameters of text, `c` is a claim; of `d` the default is what no regular expression is. */
    const mixed = (sql: string): SqlLogic => ({
      ...sqlLogic(sql),
      params: { w: { type: "text", default: "w" }, d: { type: "text", default: "((" } },
      statements: sqlLogic(sql).statements.map((one) => ({
        ...one,
        bindings: [
          { from: "param", name: "w" },
          { from: "param", name: "d" },
          { from: "claim", name: "c" },
        ],
        types: ["text", "text", "text"],
      })),
    });
    const where = (condition: string) =>
      mixed(`select body as n from notes where ($1::text || $2::text || $3::text) <> '' and ${condition}`);
    const served = () =>
      serveModules(
        {},
        {
          change: {
            logic: {
              like: where("body like ($3::text)"),
              number: where("($3::text)::integer > 0"),
              both: where("body ~ ($1::text) and body ~ ($3::text)"),
              own: where("body ~ ($2::text)"),
              stored: where("'x' ~ (body || '((')"),
            },
          },
        },
      );
    const claim = (c: string) => unverified({ sub: "ada", c });

    it.each([
      ["like", "\\"],
      ["number", "t0ps3cret"],
    ])("blames the token for its claim, and not what the caller sent: %s", async (path, c) => {
      const { call, lines } = await served();
      for (const params of [{}, { w: "w" }]) {
        const { status, body } = await call(path, params, claim(c));
        expect([status, body.error?.code, body.error?.message]).toEqual([
          403,
          "forbidden",
          "Your token holds a claim that is not written as the call needs it.",
        ]);
      }
      expect(JSON.stringify(lines)).toContain(`at logic/${path}.sql:3:3`);
      expect(JSON.stringify(lines)).not.toContain("t0ps3cret");
    });

    it("names both where nothing says which it is", async () => {
      const { call } = await served();
      expect((await call("both", { w: "((" }, claim("x"))).body.error).toMatchObject({
        code: "invalid_params",
        message: "One of `w`, a claim of your token is not written as the call needs it (2201B).",
      });
    });

    it.each(["own", "stored"])("is the project's where the caller sent none of it: %s", async (path) => {
      const { call, lines } = await served();
      expect((await call(path, {}, claim("x"))).body.error?.code).toBe("internal");
      expect(failed(lines, path)).toContain("2201B");
    });
  });

  it("reaches the screen of stk dev with its cause", async () => {
    const { call, lines } = await serveModules(
      {},
      {
        engine: "embedded",
        change: { logic: { divide: sqlLogic("select 1 / ($1::integer) as n", "integer") } },
      },
    );
    await call("divide", { p: 0 });
    const said: string[] = [];
    const read = logReader({ progress: (text) => said.push(text), warn: (text) => said.push(text) });
    for (const line of lines) read(JSON.stringify({ ...line, level: "error" }));
    expect(said.join("\n")).toContain("logic/divide.sql:3:3");
    expect(said.join("\n")).toMatch(/division by zero[\s\S]*22012/);
  });
});

describe("a value of context.sql that is none", () => {
  it.each([
    ["in quotes", "select 'it is ${params.n}' as n"],
    ["in a comment, before another", "select ${params.n}::integer as n -- ${params.n}"],
    ["of a type that nothing says", "select 1 as n where ${params.n} is null"],
  ])("%s is named with its place, and the database goes on", async (_, text) => {
    const { call, lines } = await serveModules({ it: `return context.sql\`${text}\`;` });
    expect((await call("it")).body.error?.code).toBe("internal");
    expect(failed(lines, "it")).toContain("is not used, or nothing says its type");
    expect(failed(lines, "it")).toContain("logic/it.mjs");
    expect(JSON.stringify(lines)).not.toMatch(/refused a connection|cannot be reached/);
  });
});

describe("what a database raises", () => {
  const schema = `${notesSql}
    create function speak() returns trigger language plpgsql as $$ begin
      if new.body = 'taken' then raise exception 'Room 7 is taken.' using errcode = 'BK001'; end if;
      if new.body = 'rude' then raise exception 'Said to nobody.'; end if;
      return new; end $$;
    create trigger speak before insert on notes for each row execute function speak()`;
  const { connections } = manifestOf();
  const main = { ...connections.main, engine: "postgres" as const, url: { env: "DATABASE_URL" }, pool: 2 };
  const change = {
    connections: { main: { ...main, statementTimeoutMs: 5_000, connectTimeoutMs: 2_000, raises: ["BK"] } },
    logic: { sql: sqlLogic("insert into notes values (9, 'ada', ($1::text)) returning body as n") },
  };

  it("is told to clients where the connection declares it, and nowhere else", async () => {
    const { call } = await serveModules(
      {
        it: "return context.sql`insert into notes values (9, 'ada', 'taken')`;",
        wrapped:
          "try { await context.sql`insert into notes values (9, 'ada', 'taken')`; } catch (cause) { throw new Error('own', { cause }); }",
      },
      { schema, change },
    );
    const insert = (body: string) => call("db/main/notes/insert", { values: { id: 9, body } }, ada);
    const shown = { code: "logic_failed", message: "Room 7 is taken.", details: { code: "BK001" } };
    expect((await insert("taken")).body.error).toMatchObject(shown);
    expect((await call("sql", { p: "taken" })).body.error).toMatchObject(shown);
    expect((await call("it")).body.error).toMatchObject(shown);
    expect((await call("wrapped")).body.error?.code).toBe("internal");
    expect((await call("sql", { p: "rude" })).body.error?.code).toBe("internal");
    expect(JSON.stringify((await insert("rude")).body)).not.toContain("Said to nobody");
  });
});
