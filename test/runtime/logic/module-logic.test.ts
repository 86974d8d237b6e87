import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import pg from "pg";
import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Manifest } from "../../../schema/manifest.ts";
import { manifestOf } from "../manifest.ts";
import { execute, notesDatabase, type Served, serve, untilReady } from "../serve.ts";

const ada = {
  authorization: `Bearer ${["{}", '{"sub":"ada"}'].map((part) => Buffer.from(part).toString("base64url")).join(".")}.`,
};

type Setting = {
  logic?: Manifest["logic"];
  environment?: Record<string, string>;
  env?: string[];
  params?: Manifest["logic"][string]["params"];
  timeMs?: number;
};
type Serving = Served & { database: string; lines: Record<string, unknown>[] };

/** Serves one module, whose body is the handler's, at `it`. */
async function serving(
  body: string,
  { logic = {}, environment = {}, env = [], timeMs, params }: Setting = {},
): Promise<Serving> {
  const root = await mkdtemp(path.join(tmpdir(), "santokit-logic-"));
  onTestFinished(() => rm(root, { recursive: true }));
  await mkdir(path.join(root, "logic"));
  await writeFile(
    path.join(root, "logic/it.ts"),
    `type Params = { n: number };\n\nexport default async function it(params: Params, context: any) {\n${body}\n}\n`,
  );
  await build({
    absWorkingDir: root,
    entryPoints: ["logic/it.ts"],
    outdir: path.join(root, "modules"),
    outExtension: { ".js": ".mjs" },
    format: "esm",
    sourcemap: "external",
    minify: true,
    keepNames: true,
  });
  const { url } = await notesDatabase();
  const { limits } = manifestOf().server;
  const lines: Record<string, unknown>[] = [];
  const served = await serve({
    url,
    modulesRoot: root,
    environment: { STK_DISABLE_AUTH: "true", ...environment },
    log: pino({ base: null }, { write: (line) => lines.push(JSON.parse(line)) }),
    manifest: manifestOf({
      server: { limits: { ...limits, timeMs: timeMs ?? limits.timeMs }, drainMs: 500 },
      environment: env.map((name) => ({ name, usedBy: ["logic/it.ts"] })),
      logic: {
        it: {
          kind: "module",
          access: "public",
          params: params ?? { n: { type: "integer", default: 1 } },
          connection: "main",
          file: "modules/it.mjs",
          env,
        },
        ...logic,
      },
    }),
  });
  await untilReady(served);
  return { ...served, database: url, lines };
}

const hidden = {
  kind: "sql" as const,
  access: "private" as const,
  params: { n: { type: "integer" } },
  connection: "main",
  returns: "value" as const,
  statements: [
    {
      sql: "select ($1::integer) * 2 as n",
      bindings: [{ from: "param" as const, name: "n" }],
      types: ["integer"],
      result: [{ name: "n", type: "integer" }],
    },
  ],
};

describe("what a module returns", () => {
  it.each([
    [
      "return { n: params.n, big: 2n ** 64n, at: new Date(0), none: undefined }",
      { n: 1, big: "18446744073709551616", at: "1970-01-01T00:00:00.000Z" },
    ],
    ["return undefined", null],
    ["return [1, null, undefined]", [1, null, null]],
  ])("is JSON: %s", async (body, data) => {
    const { call } = await serving(body);
    expect((await call("it")).body).toEqual({ data });
  });

  it.each([
    ["a circle", "const a: any = {}; a.a = a; return a", "internal"],
    ["more than may leave", "return 'x'.repeat(17_000_000)", "answer_too_large"],
  ])("is refused when it is %s", async (_, body, code) => {
    const { call } = await serving(body);
    expect((await call("it")).body.error?.code).toBe(code);
  });
});

describe("sql", () => {
  it("binds every value, whatever is in it", async () => {
    const { call, database } = await serving(
      `const evil = "'; drop table notes; --";
       const [row] = await context.sql\`select \${evil}::text as a, \${params.n}::integer as n, \${null}::text as b,
         \${["x", evil]}::text[] as c, \${{ k: evil }}::jsonb as d, \${new Date(0)}::timestamptz as e, \${true}::boolean as f\`;
       return row;`,
    );
    const evil = "'; drop table notes; --";
    expect((await call("it", { n: 5 })).body.data).toEqual({
      a: evil,
      n: 5,
      b: null,
      c: ["x", evil],
      d: { k: evil },
      e: "1970-01-01T00:00:00Z",
      f: true,
    });
    expect((await execute(database, "select count(*)::integer as n from notes")).rows).toEqual([{ n: 3 }]);
  });

  it("is not called with a text", async () => {
    const { call } = await serving("return context.sql('select 1')");
    expect((await call("it")).body.error?.code).toBe("internal");
  });

  it("rolls a transaction back when its work throws", async () => {
    const { call, database } = await serving(
      `return context.transaction(async (transaction: any) => {
         await transaction.sql\`delete from notes\`;
         throw context.fail("not_now", "Not now.");
       });`,
    );
    expect((await call("it")).body.error).toMatchObject({ code: "logic_failed", message: "Not now." });
    expect((await execute(database, "select count(*)::integer as n from notes")).rows).toEqual([{ n: 3 }]);
  });

  it("names its connections, and no others", async () => {
    const { call } = await serving(
      `const [row] = await context.connection("main").sql\`select 1 as n\`;
       try { context.connection("other"); } catch (error: any) { return [row.n, error.code]; }`,
    );
    expect((await call("it")).body.data).toEqual([1, "unknown_connection"]);
  });
});

describe("the context", () => {
  it("says who calls", async () => {
    const { call } = await serving("return [context.user, context.claims, typeof context.requestId]");
    expect((await call("it", {}, ada)).body.data).toEqual([
      { id: "ada", roles: ["authenticated", "public"] },
      { sub: "ada" },
      "string",
    ]);
    expect((await call("it")).body.data).toEqual([{ roles: ["public"] }, {}, "string"]);
  });

  it("has the variables that were declared, frozen, and no others", async () => {
    const { call } = await serving("return [context.env, Object.isFrozen(context.env)]", {
      env: ["PAGER_URL"],
      environment: { PAGER_URL: "https://pager.test", OTHER: "secret" },
    });
    expect((await call("it")).body.data).toEqual([{ PAGER_URL: "https://pager.test" }, true]);
  });

  it("calls others as the same caller, private ones too", async () => {
    const { call } = await serving(
      `const double = await context.call("hidden", { n: params.n });
       const notes = await context.call("db/main/notes/select", { columns: ["id"], orderBy: [{ column: "id" }] });
       return { double, notes };`,
      { logic: { hidden } },
    );
    expect((await call("it", { n: 21 }, ada)).body.data).toEqual({
      double: 42,
      notes: [{ id: 1 }, { id: 2 }],
    });
    expect((await call("it", { n: 21 })).body.error?.code).toBe("unauthenticated");
    expect((await call("hidden", { n: 1 })).body.error?.code).toBe("not_found");
  });

  it("does not call itself without end", async () => {
    const { call } = await serving(`return context.call("it", params)`);
    expect((await call("it")).body.error?.code).toBe("internal");
  });

  it("fails with a code and details that the client sees", async () => {
    const { call } = await serving(`context.fail("sold_out", "None is left.", { left: 0 })`);
    const { status, body } = await call("it");
    expect(status).toBe(422);
    expect(body.error).toMatchObject({
      code: "logic_failed",
      message: "None is left.",
      details: { code: "sold_out", left: 0 },
    });
  });

  it("logs with the request's id, and without what is named like a secret", async () => {
    const { call, lines } = await serving(
      `context.log.info("told", { n: 1, token: "t0ps3cret", user: { password: "t0ps3cret" } }); return 1`,
    );
    await call("it", {}, { "x-request-id": "trace-7" });
    expect(lines).toContainEqual(
      expect.objectContaining({ msg: "told", n: 1, requestId: "trace-7", path: "it" }),
    );
    expect(JSON.stringify(lines)).not.toContain("t0ps3cret");
  });
});

describe("what a module changes", () => {
  it("of the caller is refused, and no later caller has more roles or other claims", async () => {
    const { call } = await serving(
      `const attempts = [
         () => context.user.roles.push("admin"),
         () => { context.claims.org = "other"; },
         () => { context.claims.app.roles.push("admin"); },
         () => { context.env.PAGER_URL = "https://evil.test"; },
       ];
       if (params.n === 1) for (const attempt of attempts) try { attempt(); } catch {}
       return [context.user, context.claims];`,
    );
    const token = (claims: object) =>
      `Bearer ${[{}, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")}.`;
    for (const headers of [{}, { authorization: token({ sub: "ada", app: { roles: [] } }) }]) {
      await call("it", { n: 1 }, headers);
      const later = await call("it", { n: 2 }, headers);
      expect(JSON.stringify(later.body)).not.toMatch(/admin|other/);
      expect(later.status).toBe(200);
    }
  });

  it.each(["text[]", "jsonb"])(
    "of a default of %s is its own, and the next call has the default",
    async (type) => {
      const { call } = await serving(
        "const before = params.list.length; params.list.push('secret'); return [before, params.list]",
        { params: { list: { type, default: type === "jsonb" ? '["a"]' : "{a}" } } },
      );
      for (let round = 0; round < 2; round += 1)
        expect((await call("it")).body.data).toEqual([1, ["a", "secret"]]);
    },
  );

  it("of the params of a call that it makes is its own, and what it calls reads them once", async () => {
    const { call } = await serving(
      `if (params.n === 2) { params.list.push("inner"); return params.list; }
       const list = ["outer"];
       let reads = 0;
       const given = new Proxy({ n: 2, list }, { get(target, name) { reads += name === "list" ? 1 : 0; return Reflect.get(target, name); } });
       return [await context.call("it", given), list, reads];`,
      { params: { n: { type: "integer", default: 1 }, list: { type: "jsonb", default: "[]" } } },
    );
    expect((await call("it")).body.data).toEqual([["outer", "inner"], ["outer"], 1]);
  });
});

describe("an error", () => {
  it("is logged with its place in the sources, and not told to the client", async () => {
    const { call, lines } = await serving(
      `  const secret = "t0p";\n  if (params.n > 0)\n    throw new RangeError("It broke with " + secret);`,
    );
    const { status, body } = await call("it", { n: 1 }, { "x-request-id": "trace-8" });
    expect(status).toBe(500);
    expect(body).toEqual({
      error: { code: "internal", message: "The call failed.", requestId: "trace-8" },
    });
    const line = lines.find(({ msg, status: logged }) => msg === "call" && logged === 500);
    expect(line).toMatchObject({ requestId: "trace-8", path: "it", code: "internal" });
    expect(JSON.stringify(line)).toContain("logic/it.ts:6:");
  });

  it("is described once for each place, though others of its kind came before", async () => {
    const { call, lines } = await serving(
      "if (params.n === 1) return context.sql`select 'a'::text::int`;\n  return context.sql`select 'b'::text::int`;",
    );
    for (const n of [1, 2, 1, 2]) expect((await call("it", { n })).status).toBe(500);
    const failed = lines.filter(({ msg, status }) => msg === "call" && status === 500);
    const placed = failed.flatMap(
      ({ error }) => /logic\/it\.ts:\d+/.exec(JSON.stringify(error ?? ""))?.[0] ?? [],
    );
    expect(failed).toHaveLength(4);
    expect(placed).toEqual(["logic/it.ts:4", "logic/it.ts:5"]);
  });

  it("in a line of the log takes no member's place that the line has by itself", async () => {
    const { call, lines } = await serving(
      'context.log.info("said", { level: "fatal", time: "1999", replica: "other", mine: 1 }); return 1;',
    );
    expect((await call("it")).status).toBe(200);
    expect(lines.find(({ msg }) => msg === "said")).toMatchObject({ level: 30, mine: 1 });
    expect(JSON.stringify(lines)).not.toMatch(/1999|fatal|other/);
  });

  it("of a statement is logged with the line of the statement, and without values", async () => {
    const { call, lines } = await serving(
      "  const rows =\n    await context.sql`select * from missing`;\n  return rows;",
    );
    expect((await call("it")).body.error).toMatchObject({ code: "internal", message: "The call failed." });
    expect(JSON.stringify(lines)).toContain("logic/it.ts:5:");
    expect(JSON.stringify(lines)).toContain("42P01");
    const refused = await serving("await context.sql`select ${'t0ps3cret'}::integer`");
    expect((await refused.call("it")).body.error?.code).toBe("internal");
    expect(JSON.stringify(refused.lines)).toContain("invalid input syntax for type integer");
    expect(JSON.stringify(refused.lines)).not.toContain("t0ps3cret");
  });

  it("of the database that the module does not catch is internal, and logged with its cause", async () => {
    const { call, lines } = await serving("return context.sql`insert into notes values (1, 'ada', 'again')`");
    const { status, body } = await call("it");
    expect({ status, code: body.error?.code }).toEqual({ status: 500, code: "internal" });
    expect(JSON.stringify(body)).not.toContain("notes_pkey");
    expect(JSON.stringify(lines)).toContain("notes_pkey");
    expect(JSON.stringify(lines)).toContain("23505");
  });

  it.each([
    ["throw 'no stock left'", '"no stock left"'],
    ["throw 'x'.repeat(300)", `"${"x".repeat(200)}"`],
    ["throw null", "null"],
    ["throw 7", "7"],
    ["throw { a: 1 }", "an object"],
    ["throw () => 1", "a function"],
  ])("that is no error is internal, and the log says what it was: %s", async (code, words) => {
    const { call, lines } = await serving(code);
    expect((await call("it")).body.error).toMatchObject({ code: "internal", message: "The call failed." });
    expect(lines.map((line) => JSON.stringify(line)).join()).toContain(
      JSON.stringify(`A module threw ${words}, which is no error.`).slice(1, -1),
    );
  });

  it("by `fail` with details that are no JSON is internal, and the log says so with its line", async () => {
    const { call, lines } = await serving(
      "const round: any = {}; round.round = round; context.fail('c', 'no', round)",
    );
    expect((await call("it")).body.error).toMatchObject({ code: "internal", message: "The call failed." });
    expect(JSON.stringify(lines)).toContain("The details of `context.fail` are no JSON.");
    expect(JSON.stringify(lines)).toContain("logic/it.ts:");
  });
});

describe("a module that fails after one of its writes is done", () => {
  it.each([
    ["told of a lock", "await context.sql`select 1 from notes for update nowait`"],
    ["out of time", "await new Promise(() => undefined)"],
  ])("is answered as unknown, not as undone: %s", async (_, code) => {
    const { call, database } = await serving(
      `await context.sql\`insert into notes values (9, 'ada', 'nine')\`; await context.sql\`select 1\`; ${code}`,
      { timeMs: 600 },
    );
    const locker = new pg.Client({ connectionString: database });
    await locker.connect();
    onTestFinished(() => locker.end());
    await locker.query("begin; select 1 from notes for update");
    const { status, headers, body } = await call("it");
    expect([status, headers.get("retry-after"), body.error?.code]).toEqual([500, null, "outcome_unknown"]);
    expect((await execute(database, "select body from notes where id = 9")).rows).toEqual([{ body: "nine" }]);
  });

  it.each([
    ["collides with another", "do $$ begin raise 'a' using errcode = '40001'; end $$"],
    ["is in a deadlock", "do $$ begin raise 'a' using errcode = '40P01'; end $$"],
    ["reads too much", "select repeat('x', 40000000)"],
    [
      "writes and gives back too much",
      "update notes set mood = null where id = 1 returning repeat('x', 40000000)",
    ],
  ])("is never told to send the call again, where a statement %s", async (_, statement) => {
    const { call, database } = await serving(
      `await context.sql\`insert into notes values (9, 'ada', 'nine')\`; await context.sql\`${statement}\``,
      { timeMs: 10_000 },
    );
    const { status, headers, body } = await call("it");
    expect([status, headers.get("retry-after"), body.error?.code]).toEqual([500, null, "outcome_unknown"]);
    expect((await execute(database, "select body from notes where id = 9")).rows).toEqual([{ body: "nine" }]);
  });

  it("is never told to send the call again, where a function of its select wrote", async () => {
    const { call, database } = await serving(
      "await context.sql`select add_note(9)`; await context.sql`do $$ begin raise 'a' using errcode = '55P03'; end $$`",
    );
    const text =
      "create function add_note(n int) returns int language sql as $$ insert into notes values (n, 'ada', 'nine') returning id $$";
    await execute(database, text);
    expect((await call("it")).body.error?.code).toBe("outcome_unknown");
    expect((await execute(database, "select id from notes where id = 9")).rows).toEqual([{ id: 9 }]);
  });

  it.each([
    "select count(*), coalesce(max(id), 0)::numeric(9, 2) from notes where id in (1, 2) and (body is not null)",
    "select (select lower(body) from notes where id = 1), now(), jsonb_agg(n) filter (where n.id > 0) from notes as n",
  ])("is answered as unavailable where it only read before: %s", async (statement) => {
    const { call } = await serving(
      `await context.sql\`${statement}\`; await context.sql\`do $$ begin raise 'a' using errcode = '55P03'; end $$\``,
    );
    expect((await call("it")).body.error?.code).toBe("unavailable");
  });

  it("is never told to send the call again, where a call that it makes lacks a column", async () => {
    const { call, database } = await serving(
      "await context.sql`insert into others values (1)`; return context.call('db/main/notes/select', {})",
    );
    await execute(database, "create table others (id int); alter table notes drop column body");
    expect((await call("it", undefined, ada)).body.error?.code).toBe("outcome_unknown");
    expect((await execute(database, "select id from others")).rows).toEqual([{ id: 1 }]);
  });

  it("is answered as undone where the write was a transaction's that collided", async () => {
    const { call, database } = await serving(
      `await context.transaction(async ({ sql }) => { await sql\`insert into notes values (9, 'ada', 'nine')\`;
        await sql\`do $$ begin raise 'a' using errcode = '40001'; end $$\` })`,
    );
    expect((await call("it")).body.error).toMatchObject({
      code: "conflict",
      message: expect.stringContaining("Try again"),
    });
    expect((await execute(database, "select body from notes where id = 9")).rows).toEqual([]);
  });

  it("is answered as the call that it makes is, where that promises nothing", async () => {
    const { call } = await serving(
      "await context.sql`update notes set body = 'x'`; await context.call('db/main/notes/insert', { values: { id: 1, body: 'x' } })",
    );
    const { error } = (await call("it", undefined, ada)).body;
    expect(error).toMatchObject({ code: "conflict", message: "A row with this key exists." });
  });

  it("is answered as unknown where it caught that its write gave back too much, and is then told of a lock", async () => {
    const { call } = await serving(
      `await context.sql\`update notes set mood = null where id = 1 returning repeat('x', 40000000)\`.catch(() => 0);
      await context.sql\`do $$ begin raise 'a' using errcode = '55P03'; end $$\``,
      { timeMs: 10_000 },
    );
    expect((await call("it")).body.error?.code).toBe("outcome_unknown");
  });

  it("is answered as unavailable where it only read before", async () => {
    const { call, database } = await serving(
      "await context.sql`select 1 from notes`; await context.sql`select 1 from notes for update nowait`",
    );
    const locker = new pg.Client({ connectionString: database });
    await locker.connect();
    onTestFinished(() => locker.end());
    await locker.query("begin; select 1 from notes for update");
    expect((await call("it")).body.error?.code).toBe("unavailable");
  });
});

describe("what a module gives", () => {
  it("is read once: an error's code that is another the next time is answered all the same", async () => {
    const { call } = await serving(`let error: any;
      try { context.fail("a", "b"); } catch (thrown) { error = thrown; }
      let asked = 0;
      throw Object.create(Object.getPrototypeOf(error), {
        message: { value: "m" },
        code: { get: () => (asked++ === 0 ? "conflict" : "toString") },
      });`);
    expect((await call("it")).body.error?.code).toBeOneOf(["conflict", "internal"]);
  });

  it("is bound with each digit, and refused where it is no text", async () => {
    const { call } = await serving(`
      const [row] = await context.sql\`select \${2 ** 60}::numeric as n, \${2 ** 60}::bigint as b, \${[2 ** 60]}::bigint[] as l, \${1e21}::numeric as m, \${-0}::float8::text as z\`;
      const half = async (value: any) => context.sql\`select \${value}::text\`.catch((error: Error) => error.message);
      return [row, await half("a\\ud800"), await half(["\\udc00"])];`);
    expect((await call("it")).body.data).toEqual([
      {
        n: "1152921504606846976",
        b: "1152921504606846976",
        l: ["1152921504606846976"],
        m: "1000000000000000000000",
        z: "-0",
      },
      "Value 1 of the statement is half a character (a lone surrogate), which is no text.",
      "Value 1 of the statement[0] is half a character (a lone surrogate), which is no text.",
    ]);
  });

  it("is a template of texts, whatever its methods give", async () => {
    const { call } = await serving(`const strings: any = Object.assign(["select 1 as n"], { raw: ["x"] });
      Object.defineProperty(strings, "reduce", { value: () => Buffer.from("select 2 as n") });
      const other: any = Object.assign([Buffer.from("select 3 as n")], { raw: ["x"] });
      return [await context.sql(strings), await context.sql(other).catch((error: Error) => error.message)];`);
    expect((await call("it")).body.data).toEqual([
      [{ n: 1 }],
      "A template of sql`...` holds something that is no text.",
    ]);
  });
});

describe("time", () => {
  it("ends a module that never returns, and frees its place", async () => {
    const { call } = await serving("if (params.n === 0) return 'quick'; await new Promise(() => undefined)", {
      timeMs: 200,
    });
    const statuses = await Promise.all(Array.from({ length: 50 }, async () => (await call("it")).status));
    expect(new Set(statuses)).toEqual(new Set([504]));
    expect((await call("it", { n: 0 })).body.data).toBe("quick");
  });

  it("is told by the signal", async () => {
    const { call, lines } = await serving(
      `await new Promise((resolve) => context.signal.addEventListener("abort", resolve)); context.log.warn("aborted")`,
      { timeMs: 200 },
    );
    expect((await call("it")).status).toBe(504);
    await expect.poll(() => lines.some(({ msg }) => msg === "aborted")).toBe(true);
  });
});
