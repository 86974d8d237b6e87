import { describe, expect, it } from "vitest";
import type { SqlLogic } from "../../../schema/manifest.ts";
import { manifestOf } from "../manifest.ts";
import { serveModules, unverified } from "./serve-modules.ts";

const ada = unverified({ sub: "ada" });

const sqlLogic = (sql: string, change: Partial<SqlLogic> = {}): SqlLogic => ({
  kind: "sql",
  access: "private",
  params: {},
  connection: "main",
  returns: "value",
  statements: [{ sql, bindings: [], types: [], result: [{ name: "n", type: "integer" }] }],
  ...change,
});

const engines = ["server", "embedded"] as const;

const count = sqlLogic("select count(*)::integer as n from notes");
const insert = (id: string, body = "'new'") =>
  `context.call("db/main/notes/insert", { values: { id: ${id}, body: ${body} } })`;

describe("a call inside of a transaction", () => {
  it("sees what the transaction wrote, and is rolled back with it", async () => {
    const { call, sql } = await serveModules(
      {
        it: `return context.transaction(async (transaction) => {
          await transaction.sql\`delete from notes where id = 3\`;
          const before = await context.call("count");
          await ${insert("10")};
          const [{ n }] = await context.sql\`select count(*)::integer as n from notes\`;
          if (params.n > 1) throw context.fail("no", "No.");
          return [before, n];
        });`,
      },
      { change: { logic: { count } } },
    );
    expect((await call("it", { n: 2 }, ada)).body.error?.code).toBe("logic_failed");
    expect(await sql("select count(*)::integer as n from notes")).toEqual([{ n: 3 }]);
    expect((await call("it", {}, ada)).body.data).toEqual([2, 3]);
    expect(await sql("select count(*)::integer as n from notes")).toEqual([{ n: 3 }]);
  });

  it("has the caller's permissions", async () => {
    const { call } = await serveModules({
      it: `return context.transaction(async (transaction) => {
          await transaction.sql\`insert into notes values (20, 'bob', 'his'), (21, 'ada', 'hers')\`;
          return context.call("db/main/notes/select", { where: { id: { gte: 20 } }, columns: ["id"] });
        });`,
    });
    expect((await call("it", {}, ada)).body.data).toEqual([{ id: 21 }]);
  });

  it("writes a row by the second of two rules where the first does not take it", async () => {
    const { main } = manifestOf().permissions;
    const insert = {
      authenticated: { columns: ["id", "body", "mood"], set: { owner_id: "$user.id" } },
      editor: { columns: ["id", "body"], set: { owner_id: "all" }, check: { body: "special" } },
    };
    const { call } = await serveModules(
      {
        it: `return context.transaction(() => context.call("db/main/notes/insert",
          { values: { id: 20, body: "plain" }, columns: ["id"] }));`,
      },
      { change: { permissions: { main: { notes: { ...main?.notes, insert } } } } },
    );
    const editor = unverified({ sub: "ada", roles: ["editor"] });
    expect((await call("it", {}, editor)).body).toEqual({ data: { count: 1, rows: [{ id: 20 }] } });
  });

  it("leaves the transaction usable when it fails and the module catches that", async () => {
    const { call, sql } = await serveModules(
      {
        it: `return context.transaction(async (transaction) => {
          await transaction.sql\`insert into notes values (30, 'ada', 'kept')\`;
          const codes = [];
          for (const made of [() => ${insert("1")}, () => context.call("half"), () => context.call("broken")])
            await made().catch((error) => codes.push(error.code));
          await ${insert("31", "'kept'")};
          return codes;
        });`,
        half: `await context.sql\`insert into notes values (32, 'ada', 'undone')\`; throw context.fail("half", "Half.");`,
      },
      {
        change: {
          logic: { broken: sqlLogic("select 1 / (count(*) - 3)::integer as n from notes where id < 4") },
        },
      },
    );
    const { body } = await call("it", {}, ada);
    expect(body.data).toEqual(["conflict", "logic_failed", expect.any(String)]);
    expect(await sql("select id from notes where id >= 30 order by id")).toEqual([{ id: 30 }, { id: 31 }]);
  });

  it.each(engines)("stands beside others, each undone alone: %s", async (engine) => {
    const { call, sql } = await serveModules(
      {
        it: `return context.transaction(async (transaction) => {
          const made = [40, 1, 41, 2, 42].map((id) => context.call("one", { n: id }));
          const direct = transaction.sql\`insert into notes values (43, 'ada', 'direct')\`;
          const settled = await Promise.allSettled([...made, direct]);
          return settled.map(({ status }) => status === "fulfilled");
        });`,
        one: `await context.transaction(async () => { await ${insert("params.n")}; }); return params.n;`,
      },
      { engine },
    );
    expect((await call("it", {}, ada)).body.data).toEqual([true, false, true, false, true, true]);
    expect(await sql("select id from notes where id >= 40 order by id")).toEqual(
      [40, 41, 42, 43].map((id) => ({ id })),
    );
  });

  it("may open a transaction of its own, which is undone alone", async () => {
    const { call, sql } = await serveModules({
      it: `return context.transaction(async (outer) => {
          await outer.sql\`insert into notes values (50, 'ada', 'outer')\`;
          await context.transaction(async (inner) => {
            await outer.sql\`insert into notes values (51, 'ada', 'inner')\`;
            await inner.sql\`select 1 / 0\`;
          }).catch(() => undefined);
          await outer.sql\`insert into notes values (52, 'ada', 'outer')\`;
        });`,
    });
    expect((await call("it", {}, ada)).status).toBe(200);
    expect(await sql("select id from notes where id >= 50 order by id")).toEqual([{ id: 50 }, { id: 52 }]);
  });

  it("neither reads nor fills what is kept of answers", async () => {
    const kept = sqlLogic("select count(*)::integer as n from notes", { access: "public", cacheMs: 60_000 });
    const { call } = await serveModules(
      {
        it: `const before = await context.call("kept");
          await context.transaction(async (transaction) => {
            await transaction.sql\`delete from notes where id = 3\`;
            before2 = await context.call("kept");
            await transaction.sql\`delete from notes where id = 2\`;
            throw new Error("undone");
          }).catch(() => undefined);
          return [before, before2, await context.call("kept")];
          var before2;`,
      },
      { change: { logic: { kept } } },
    );
    expect((await call("it", {}, ada)).body.data).toEqual([3, 2, 3]);
  });

  it("is over with the transaction", async () => {
    const { call, sql } = await serveModules(
      {
        it: `let late;
          const { promise, resolve } = Promise.withResolvers();
          await context.transaction(async (transaction) => {
            late = promise.then(() => context.call("count"));
          });
          resolve();
          return late.then(() => "ran", (error) => error.message);`,
      },
      { change: { logic: { count } } },
    );
    expect((await call("it", {}, ada)).body.data).toBe(
      "A statement was sent after its transaction was over.",
    );
    expect(await sql("select 1 as n")).toEqual([{ n: 1 }]);
  });
});

describe("many calls at once", () => {
  const body = `return context.transaction(async (transaction) => {
    const [note] = await transaction.sql\`select * from notes where id = 1 for update\`;
    await transaction.sql\`update notes set body = body || '.' where id = 1\`;
    return context.call("history");
  });`;
  const history = sqlLogic("select length(body) as n from notes where id = 1");

  it.each(engines)("of the documents' example all end: %s", async (engine) => {
    const { connections } = manifestOf();
    const main = { ...connections.main, engine: "postgres" as const, url: { env: "DATABASE_URL" }, pool: 10 };
    const { call } = await serveModules(
      { escalate: body },
      {
        engine,
        change: {
          logic: { history },
          connections: { main: { ...main, statementTimeoutMs: 5_000, connectTimeoutMs: 2_000 } },
        },
      },
    );
    const answers = await Promise.all(Array.from({ length: 30 }, () => call("escalate", {}, ada)));
    expect(answers.map(({ body: { data } }) => Number(data)).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 30 }, (_, index) => index + 4),
    );
  });

  it("never join each other's transactions, whoever runs their code", async () => {
    const { call, sql } = await serveModules({
      it: `it.queue ??= [];
        if (params.n === 1) {
          const waiting = new Promise((resolve, reject) => it.queue.push(() =>
            context.sql\`insert into notes values (60, 'bob', 'own')\`.then(resolve, reject)));
          await waiting;
          return "one";
        }
        while (it.queue.length === 0) await new Promise((resolve) => setImmediate(resolve));
        await context.transaction(async () => {
          await it.queue.pop()();
          throw context.fail("undone", "Undone.");
        });`,
    });
    const [one, two] = await Promise.all([call("it", { n: 1 }), call("it", { n: 2 })]);
    expect([one.status, two.status]).toEqual([200, 422]);
    expect(await sql("select id from notes where id = 60")).toEqual([{ id: 60 }]);
  });
});
