import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Manifest } from "../../schema/manifest.ts";
import { type FreshDatabase, freshDatabase } from "../services/postgres.ts";
import { manifestOf } from "./manifest.ts";
import { execute, type Served, serve, untilReady } from "./serve.ts";
import { table } from "./table/world.ts";

const sql = `
  create extension citext;
  create domain photo as bytea;
  create table kinds (id integer, n numeric, big bigint, data jsonb, raw json, photo photo, tags citext[], code character(5), nick citext);
  create table secrets (tenant numeric, org bigint, note text);
  insert into secrets values (9007199254740992, 9007199254740992, 'theirs'), (9007199254740993, 9007199254740993, 'mine');
  create function reset() returns void language sql begin atomic
    delete from kinds;
    insert into kinds (id, n, big, code, nick) values (1, 9007199254740992, 9007199254740992, 'ab', 'Ann'), (2, 9007199254740993, 9007199254740993, 'cd', 'bob');
  end;`;
const columns = ["id", "n", "big", "data", "raw", "photo", "tags", "code", "nick"];
const all = { public: { columns } };

const modules: Readonly<Record<string, [params: Manifest["logic"][string]["params"], body: string]>> = {
  params: [
    {
      i: { type: "integer" },
      f: { type: "double precision" },
      big: { type: "bigint" },
      n: { type: "numeric" },
      list: { type: "integer[]" },
      data: { type: "jsonb" },
      bytes: { type: "photo" },
      byDefault: { type: "integer", default: "7" },
      many: { type: "integer[]", default: "{1,2}" },
    },
    "return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, [typeof value, value]]));",
  ],
  passed: [{ data: { type: "jsonb" } }, "return params.data;"],
  asked: [
    {},
    "const [row] = await context.sql`select 9007199254740993::bigint as big, 1.10 as n, '{\"x\": 9007199254740993, \"y\": 1.0}'::jsonb as data, array['A']::citext[] as tags, '-0'::float8 as zero`; return { ...row, isRaw: JSON.isRawJSON(row.data.x), y: row.data.y + 1, zero: Object.is(row.zero, -0) };",
  ],
  bound: [
    {},
    "const [row] = await context.sql`select ${JSON.parse('{\"x\": 1}')}::jsonb as a, ${{ x: 9007199254740993n, y: JSON.rawJSON('1e400') }}::jsonb::text as b, ${[1, null]}::int[] as c, ${new Date(-65000000000000)}::timestamptz as d, ${new Date(8.64e15)}::timestamptz as e`; return row;",
  ],
  undefined: [{}, "await context.sql`select ${1}::int, ${undefined}::text`;"],
  sparse: [{}, "await context.sql`select ${[1, undefined]}::int[]`;"],
  inner: [
    {},
    'const inner = await context.call("db/main/kinds/select", { where: { n: JSON.rawJSON("9007199254740993") }, columns: ["id", "n"] }); return { inner, claim: context.claims.org };',
  ],
};

let database: FreshDatabase;
let served: Served;
let root: string;
const lines: Record<string, unknown>[] = [];
beforeAll(async () => {
  database = await freshDatabase();
  await execute(database.url, sql);
  root = await mkdtemp(join(tmpdir(), "santokit-values-"));
  for (const [name, [, body]] of Object.entries(modules))
    await writeFile(join(root, `${name}.mjs`), `export default async (params, context) => { ${body} };`);
  const own = { authenticated: { columns: ["note"], where: { tenant: "$claims.org" } } };
  served = await serve(
    {
      url: database.url,
      modulesRoot: root,
      environment: { STK_DISABLE_AUTH: "true" },
      manifest: manifestOf({
        schema: {
          main: {
            enums: {},
            domains: { photo: "bytea" },
            tables: {
              kinds: table({
                id: "integer",
                n: "numeric",
                big: "bigint",
                data: "jsonb",
                raw: "json",
                photo: "photo",
                tags: "citext[]",
                code: "character(5)",
                nick: "citext",
              }),
              secrets: table({ tenant: "numeric", org: "bigint", note: "text" }),
            },
          },
        },
        permissions: {
          main: {
            kinds: {
              select: all,
              insert: { public: { columns, set: {} } },
              update: { public: { columns, set: {} } },
              delete: { public: {} },
            },
            secrets: { select: own },
          },
        },
        logic: {
          ...Object.fromEntries(
            Object.entries(modules).map(([name, [params]]) => [
              name,
              { kind: "module", access: "public", params, connection: "main", file: `${name}.mjs`, env: [] },
            ]),
          ),
          mine: {
            kind: "sql",
            access: "public",
            params: {},
            connection: "main",
            returns: "value",
            statements: [
              {
                sql: "select note from secrets where org = $1",
                bindings: [{ from: "claim", name: "org" }],
                types: ["bigint"],
                result: [{ name: "note", type: "text" }],
              },
            ],
          },
        },
      }),
      log: pino({ base: null }, { write: (line) => lines.push(JSON.parse(line)) }),
    },
    afterAll,
  );
  await untilReady(served);
});
afterAll(async () => {
  await database?.drop();
  await rm(root, { recursive: true });
});
beforeEach(async () => {
  await execute(database.url, "select reset()");
  lines.length = 0;
});

const tokenOf = (claims: string): string =>
  `Bearer ${["{}", claims].map((part) => Buffer.from(part).toString("base64url")).join(".")}.`;

/** The answer's text: a test that parses it would lose what it is to find. */
async function send(path: string, params: string, claims?: string): Promise<string> {
  const response = await fetch(`${served.url}/call`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(claims === undefined ? {} : { authorization: tokenOf(claims) }),
    },
    body: `{"path":"${path}","params":${params}}`,
  });
  return (await response.text()).replace(/"requestId":"[^"]*"/, '"requestId":""');
}
const dataOf = async (...call: Parameters<typeof send>): Promise<string> =>
  (await send(...call)).slice('{"data":'.length, -1);
const stored = async (of: string): Promise<unknown> => (await execute(database.url, `select ${of}`)).rows;

describe("a number of JSON", () => {
  it.each(["n", "big"])("deletes the row that it names and not its neighbour: %s", async (column) => {
    const answer = await dataOf(
      "db/main/kinds/delete",
      `{"where":{"${column}":9007199254740993},"columns":["id"]}`,
    );
    expect(answer).toBe('{"count":1,"rows":[{"id":2}]}');
    expect(await stored("id from kinds")).toEqual([{ id: 1 }]);
  });

  it("names the row also where a double holds it", async () => {
    for (const column of ["n", "big"])
      expect(
        await dataOf("db/main/kinds/select", `{"where":{"${column}":9007199254740992},"columns":["id"]}`),
      ).toBe('[{"id":1}]');
  });

  it("is stored to its last digit, in jsonb and json too", async () => {
    const json = '{"x": 1e400, "b": 1, "2": 12345678901234567890.10, "b": [-0, 1.10]}';
    await send("db/main/kinds/insert", `{"values":{"id":3,"n":1.10,"big":1e3,"data":${json},"raw":${json}}}`);
    expect(
      await stored(
        "n::text, big::text, raw::text, (data->>'x')::numeric = 1e400 as x, data->>'2' as y, data->>'b' as b from kinds where id = 3",
      ),
    ).toEqual([{ n: "1.10", big: "1000", raw: json, x: true, y: "12345678901234567890.10", b: "[0, 1.10]" }]);
    expect(await dataOf("db/main/kinds/select", '{"where":{"id":3},"columns":["raw"]}')).toBe(
      `[{"raw":${json}}]`,
    );
  });

  it.each([
    ["big", "9223372036854775808", "values.big", "bigint"],
    ["big", "1.5", "values.big", "bigint"],
    ["id", "1e400", "values.id", "integer"],
    ["n", "1e200000", "values.n", "numeric"],
  ])("is refused by name where its type cannot hold it: %s %s", async (column, value, path, type) => {
    const answer = JSON.parse(await send("db/main/kinds/insert", `{"values":{"${column}":${value}}}`));
    expect(answer.error).toMatchObject({
      code: "invalid_params",
      message: `\`${path}\` is not a value of ${type}.`,
      details: { path },
    });
  });

  it("counts rows where it is written with a point or an exponent", async () => {
    expect(
      await dataOf(
        "db/main/kinds/select",
        '{"limit":1e0,"offset":1.0,"orderBy":[{"column":"id"}],"columns":["id"]}',
      ),
    ).toBe('[{"id":2}]');
  });

  it("is no container: it does not count as a level of nesting", async () => {
    expect(
      JSON.parse(await send("db/main/kinds/insert", '{"values":{"id":3,"data":[[1.0]]}}')),
    ).toMatchObject({
      data: { count: 1 },
    });
  });
});

describe("a numeric claim", () => {
  it.each(["9007199254740993", "9007199254740993.0", '"9007199254740993"'])(
    "never sees its neighbour's rows: %s",
    async (org) => {
      const claims = `{"sub":"a","org":${org}}`;
      expect(await dataOf("db/main/secrets/select", "{}", claims)).toBe('[{"note":"mine"}]');
      expect(await dataOf("mine", "{}", claims)).toBe('"mine"');
    },
  );

  it("sees its own rows where a double holds it", async () => {
    expect(await dataOf("mine", "{}", '{"sub":"a","org":9007199254740992}')).toBe('"theirs"');
  });
});

describe("TypeScript logic", () => {
  it("gets parameters as the wire says, whatever they were sent as", async () => {
    const params =
      '{"i":"5","f":"nan","big":"+007","n":1.50e1,"list":["1",null,2],"data":{"x":9007199254740993,"y":1.0},"bytes":"AP8="}';
    expect(JSON.parse(await dataOf("params", params))).toEqual({
      i: ["number", 5],
      f: ["string", "NaN"],
      big: ["string", "7"],
      n: ["string", "15.0"],
      list: ["object", [1, null, 2]],
      data: ["object", { x: 2 ** 53, y: 1 }], // as JSON.parse reads what was sent
      bytes: ["string", "AP8="],
      byDefault: ["number", 7],
      many: ["object", [1, 2]],
    });
  });

  it("passes on JSON with its digits", async () => {
    const data = '{"x":9007199254740993,"y":[1e400,0.1]}';
    expect(await dataOf("passed", `{"data":${data}}`)).toBe(data);
  });

  it("reads from context.sql what the wire says, and an inexact number in JSON as JSON.rawJSON", async () => {
    expect(await dataOf("asked", "{}")).toBe(
      '{"big":"9007199254740993","n":"1.10","data":{"x":9007199254740993,"y":1},"tags":["A"],"zero":true,"isRaw":true,"y":2}',
    );
  });

  it("binds bigints in JSON, raw numbers and dates of any year", async () => {
    expect(JSON.parse(await dataOf("bound", "{}"))).toEqual({
      a: { x: 1 },
      b: `{"x": 9007199254740993, "y": 1${"0".repeat(400)}}`,
      c: [1, null],
      d: "0091-03-27 04:26:40+00 BC",
      e: "275760-09-13T00:00:00Z",
    });
  });

  it.each([
    ["undefined", "Value 2 of the statement is undefined: write null where NULL is meant."],
    ["sparse", "Value 1 of the statement[1] is undefined: write null where NULL is meant."],
  ])("is told where a value is undefined: %s", async (path, message) => {
    expect(JSON.parse(await send(path, "{}")).error.code).toBe("internal");
    expect(lines.find(({ error }) => error !== undefined)).toMatchObject({ error: { message } });
  });

  it("calls and is called with exact numbers, and reads exact claims", async () => {
    expect(await dataOf("inner", "{}", '{"sub":"a","org":9007199254740993}')).toBe(
      '{"inner":[{"id":2,"n":"9007199254740993"}],"claim":9007199254740993}',
    );
  });
});

describe("a column of a type that the schema declares or an extension brings", () => {
  it("stores the bytes of a domain over bytea, and a list for an array of citext", async () => {
    const values = '{"id":4,"photo":"AP8=","tags":["A","b,\\"",null]}';
    const written = await dataOf("db/main/kinds/insert", `{"values":${values},"columns":["photo","tags"]}`);
    expect(written).toBe('{"count":1,"rows":[{"photo":"AP8=","tags":["A","b,\\"",null]}]}');
    expect(
      await stored("photo::bytea = '\\x00ff' as same, tags[2]::text as tag from kinds where id = 4"),
    ).toEqual([{ same: true, tag: 'b,"' }]);
  });

  it("matches a char(5) by a pattern with its blanks, and citext whatever its case", async () => {
    const ids = (where: string): Promise<string> =>
      dataOf("db/main/kinds/select", `{"where":${where},"columns":["id"]}`);
    expect(await ids('{"code":{"like":"ab   "}}')).toBe('[{"id":1}]');
    expect(await ids('{"code":{"like":"ab"}}')).toBe("[]");
    expect(await ids('{"nick":{"like":"a%"}}')).toBe('[{"id":1}]');
  });
});
