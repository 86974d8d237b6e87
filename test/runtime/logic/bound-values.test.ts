import { expect, it } from "vitest";
import { notesSql } from "../manifest.ts";
import { serveModules } from "./serve-modules.ts";

const schema = `${notesSql};
  create domain tags as jsonb;
  create table kinds (id serial, j jsonb, t text, o json, d tags, l jsonb[], n integer[])`;
const params = { j: { type: "jsonb" } };
const engines = ["server", "embedded"] as const;
const lists: readonly (readonly unknown[])[] = [
  ...[[], [1, 2], [{ a: 1 }], [[]], [[1], []], ["a"], [null], [true, "x", { b: [2] }]],
];
/** Modules that give what was stored of `params.j`, as `v` of a row. */
const places = {
  jsonb: "context.sql`insert into kinds (j) values (${params.j}) returning j as v`",
  json: "context.sql`insert into kinds (o) values (${params.j}) returning o as v`",
  domain: "context.sql`insert into kinds (d) values (${params.j}) returning d as v`",
  cast: "context.sql`select ${params.j}::jsonb as v`",
  argument: "context.sql`select jsonb_build_array(${params.j}::jsonb) -> 0 as v`",
  transaction:
    "context.transaction((t) => t.sql`insert into kinds (j, t) values (${params.j}, ${'x'}) returning j as v`)",
  element: "context.sql`select (${[params.j]}::jsonb[])[1] as v`",
  list: "context.sql`insert into kinds (l) values (${[params.j, { a: 1 }]}) returning l[1] as v`",
};
const bodies = Object.fromEntries(
  Object.entries(places).map(([name, code]) => [name, `return (await ${code})[0].v;`]),
);

it.each(engines)("a list that context.sql binds is JSON wherever JSON stands (%s)", async (engine) => {
  const { call } = await serveModules(bodies, { engine, schema, params });
  for (const name of Object.keys(places))
    for (const j of lists) expect([name, j, (await call(name, { j })).body]).toEqual([name, j, { data: j }]);
});

it.each(engines)("a list that context.sql binds is an array where Postgres has one (%s)", async (engine) => {
  const { call } = await serveModules(
    {
      it: `const ids = params.j;
        const [{ n }] = await context.sql\`insert into kinds (n) values (\${ids}) returning n\`;
        const found = await context.sql\`select n from generate_series(1, 5) n where n = any (\${ids})\`;
        const cast = await context.sql\`select \${ids}::int[] as n\`;
        return [n, found.map((row) => row.n), cast[0].n];`,
    },
    { engine, schema, params },
  );
  expect((await call("it", { j: [3, 2] })).body).toEqual({
    data: [
      [3, 2],
      [2, 3],
      [3, 2],
    ],
  });
  expect((await call("it", { j: [] })).body).toEqual({ data: [[], [], []] });
});

it.each(engines)(
  "bytes that a module is given are the same where context.sql binds them (%s)",
  async (engine) => {
    const { call } = await serveModules(
      {
        inserted:
          "return context.sql`insert into files (b, d, l) values (${params.b}, ${params.b}, ${[params.b, null]}) returning b, d, l`;",
        again:
          "const [row] = await context.sql`select b, l from files`; return context.sql`select ${row.b} = b as b, ${row.l} = l as l from files`;",
        cast: "return context.sql`select ${params.b}::bytea as b, ${[params.b]}::bytea[] as l`;",
        found: "return context.sql`select count(*)::int as n from files where b = ${params.b}`;",
        other:
          "return context.sql`select ${'\\\\x00ff'}::bytea as hex, ${new Uint8Array([0, 255])}::bytea as held, encode(${'YQ=='}, 'hex') as t`.catch((error) => error.message);",
        text: "return context.sql`select ${params.b}::text as t, ${params.b} || '' as u`;",
        none: "return context.sql`select b from files where b = ${'no base64!'}`.catch((error) => `${error.name}: ${error.message}`);",
      },
      {
        engine,
        schema: `${notesSql}; create domain blob as bytea; create table files (b bytea, d blob, l bytea[])`,
        params: { b: { type: "bytea", default: "AP8=" } },
      },
    );
    const bodyOf = async (name: string) => (await call(name)).body.data;
    expect(await bodyOf("inserted")).toEqual([{ b: "AP8=", d: "AP8=", l: ["AP8=", null] }]);
    expect(await bodyOf("again")).toEqual([{ b: true, l: true }]);
    expect(await bodyOf("cast")).toEqual([{ b: "AP8=", l: ["AP8="] }]);
    expect(await bodyOf("found")).toEqual([{ n: 1 }]);
    expect(await bodyOf("other")).toEqual([{ hex: "AP8=", held: "AP8=", t: "61" }]);
    expect(await bodyOf("text")).toEqual([{ t: "AP8=", u: "AP8=" }]);
    expect(await bodyOf("none")).toBe(
      "TypeError: Value 1 of the statement is no base64, as which bytes are read and written.",
    );
  },
);

it.each(engines)(
  "a text is bound to what cannot be asked about, and what is wrong stands where it does (%s)",
  async (engine) => {
    const { call } = await serveModules(
      {
        explained: "return (await context.sql`explain select id from notes where body = ${'a'}`).length > 0;",
        called: "return context.sql`call put(${'a'})`;",
        wrong:
          "return context.sql`select ${'a'} as a, nothing from notes`.catch((error) => [error.code, error.position]);",
      },
      { engine, schema: `${notesSql}; create procedure put(a text) language sql as 'select 1'` },
    );
    expect((await call("explained")).body).toEqual({ data: true });
    expect((await call("called")).body).toEqual({ data: [] });
    expect((await call("wrong")).body).toEqual({ data: ["42703", "17"] });
  },
);

it("a value that context.call passes on is the one that context.sql stores, or is refused by both", async () => {
  const values = [
    ...["{ n: 1n, big: 9007199254740993n }", "[1n, null]", "{ at: new Date(0) }"],
    ...[
      "JSON.rawJSON('9007199254740993.5')",
      "{ m: [[], [{}]] }",
      "{ m: new Map() }",
      "[new Set([1])]",
      "{ l: [undefined] }",
    ],
    ...["{ p: Promise.resolve(1) }", "{ r: /x/ }", "{ a: undefined, b: 1 }", "{ f: () => 1 }"],
  ];
  const told = (work: string) => `await ${work}.then((rows) => rows[0].v, (error) => error.name)`;
  const { call } = await serveModules(
    {
      echo: "return context.sql`select ${params.j}::jsonb::text as v`;",
      it: `return [${values
        .map((value) => [
          told(`context.call("echo", { j: ${value} })`),
          told(`context.sql\`select (\${{ j: ${value} }}::jsonb -> 'j')::text as v\``),
        ])
        .map((both) => `[${both.join(", ")}]`)
        .join(", ")}];`,
    },
    { params },
  );
  const { data } = (await call("it", { j: {} })).body;
  const stored = [
    '{"n": 1, "big": 9007199254740993}',
    "[1, null]",
    '{"at": "1970-01-01T00:00:00.000Z"}',
    "9007199254740993.5",
    '{"m": [[], [{}]]}',
  ];
  expect(data).toEqual([...stored, ...Array(7).fill("TypeError")].map((one) => [one, one]));
});

it("a condition that is undefined widens no filter", async () => {
  const { call, sql } = await serveModules({
    it: `return context.call("db/main/notes/delete", { where: { body: "first", id: undefined } }).then(() => "done", (error) => error.message);`,
  });
  const count = () => sql("select count(*)::int as n from notes");
  const before = await count();
  const { data } = (await call("it")).body;
  expect(data).toBe("`id` is undefined, which JSON would leave out: leave it out, or write null.");
  expect(await count()).toEqual(before);
});

it("a cell that is larger than a module may read fails its statement, and is not held", async () => {
  const { call } = await serveModules({
    it: "return context.sql`select repeat('x', 40000000) as x`.catch((error) => error.code);",
  });
  expect((await call("it")).body).toEqual({ data: "answer_too_large" });
});

it.each(engines)(
  "a list that context.sql binds is written with the delimiter of its type (%s)",
  async (engine) => {
    const boxes = ["(3,4),(1,2)", "(7,8),(5,6)"];
    const lists = [[1, null, 3], [], null];
    const own = `${schema}; create domain area as box; create domain list as integer[]; create domain areas as box[];
    create table areas_of (b box[], a area[], l list[]); create procedure keep(l list[]) language sql as 'select 1'`;
    const { call } = await serveModules(
      {
        it: `const { boxes, lists } = params.j;
        const [cast] = await context.sql\`select \${boxes}::box[] as b, \${boxes}::area[] as a, \${lists}::list[] as l\`;
        const [row] = await context.sql\`insert into areas_of values (\${boxes}, \${boxes}, \${lists}) returning *\`;
        const [{ n }] = await context.sql\`select array_length((\${[boxes, boxes]}::areas[])[1], 1) as n\`;
        const [two] = await context.sql\`select \${[boxes, boxes]}::box[] as b\`;
        return { cast, row, n, two: two.b };`,
        called: "await context.sql`call keep(${['{1}']}::list[])`; return 1;",
      },
      { engine, schema: own, params },
    );
    const kept = { b: boxes, a: boxes, l: lists };
    expect((await call("it", { j: { boxes, lists } })).body).toEqual({
      data: { cast: kept, row: kept, n: 2, two: [boxes, boxes] },
    });
    expect((await call("called", { j: 1 })).body).toEqual({ data: 1 });
  },
);
