import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anonymous } from "../../../runtime/caller.ts";
import type { DeclaredSchema } from "../../../schema/declared.ts";
import { databaseWith, table, user, type World, worldOf } from "./world.ts";

const ada = "00000000-0000-4000-8000-00000000000a";
const bob = "00000000-0000-4000-8000-00000000000b";

const schema: DeclaredSchema = {
  enums: { task_status: ["open", "done"] },
  tables: {
    tasks: table(
      {
        id: "integer",
        title: "text",
        status: "task_status",
        owner_id: "uuid",
        note: "text",
        tags: "text[]",
        org: "integer",
      },
      { primaryKey: { name: "tasks_pkey", columns: ["id"] } },
    ),
    members: table({ org: "integer", user_id: "uuid", role: "text" }),
  },
};

const sql = `
  create type task_status as enum ('open', 'done');
  create table tasks (id int primary key, title text, status task_status, owner_id uuid, note text, tags text[], org int);
  create table members (org int, user_id uuid, role text);
  insert into members values (1, '${ada}', 'lead'), (2, '${bob}', 'member');
  insert into tasks values
    (1, 'write', 'open', '${ada}', 'a1', '{x,"y z"}', 1),
    (2, 'read', 'done', '${ada}', 'a2', '{}', 1),
    (3, 'sing', 'open', '${bob}', 'b3', null, 2),
    (4, 'dance', 'open', null, 'n4', '{NULL}', null);`;

let world: World;
let close: () => Promise<void>;

beforeAll(async () => {
  const fresh = await databaseWith(sql);
  close = fresh.close;
  world = worldOf(fresh.database, schema, {});
});
afterAll(() => close());

const all = ["id", "title", "status", "owner_id", "note", "tags", "org"];
const own = { authenticated: { columns: ["id", "title"], where: { owner_id: "$user.id" } } };

describe("a rule with a condition", () => {
  it("becomes a part of the statement, and the value of the call a parameter", async () => {
    const tasks = world.under({ tasks: { select: own } });
    expect(await tasks.call("tasks/select", { where: { id: 1 } }, user(ada))).toEqual([
      { id: 1, title: "write" },
    ]);
    expect(tasks.sent).toEqual([
      {
        name: undefined,
        text:
          `select "r"."id" as "id", "r"."title" as "title" from "tasks" as "r" ` +
          `where "r"."owner_id" = $1::uuid and "r"."id" = $2::integer limit 1001`,
        values: [ada, "1"],
      },
    ]);
  });

  it("is prepared under one name when the same shape comes again", async () => {
    const tasks = world.under({ tasks: { select: own } });
    for (const id of [1, 2, 3]) await tasks.call("tasks/select", { where: { id } }, user(ada));
    expect(new Set(tasks.sent.map(({ text }) => text)).size).toBe(1);
    expect(tasks.sent.map(({ name }) => name)).toEqual([
      undefined,
      expect.stringMatching(/^stk_[0-9a-f]{32}$/),
      tasks.sent[1]?.name,
    ]);
  });

  it("says that there are more rows than it gives, but where the caller set the limit", async () => {
    const tasks = world.under({ tasks: { select: { public: { columns: ["id"] } } } });
    const select = (rows: number, params: object) =>
      tasks.call("tasks/select", params, anonymous, { rows, depth: 20 });
    const cut = await select(3, { orderBy: [{ column: "id" }] });
    expect(cut).toEqual(expect.arrayContaining([{ id: 1 }, { id: 2 }, { id: 3 }]));
    expect(cut).toMatchObject({ length: 3, more: true });
    expect(await select(4, {})).not.toHaveProperty("more");
    expect(await select(3, { limit: 3 })).not.toHaveProperty("more");
  });

  it("sorts, limits and skips", async () => {
    const tasks = world.under({ tasks: { select: { public: { columns: all } } } });
    const params = {
      columns: ["id"],
      orderBy: [
        { column: "status", direction: "desc" },
        { column: "id", nulls: "first" },
      ],
      limit: 2,
      offset: 1,
    };
    expect(await tasks.call("tasks/select", params, anonymous)).toEqual([{ id: 1 }, { id: 3 }]);
    expect(tasks.sent[0]?.text).toBe(
      `select "r"."id" as "id" from "tasks" as "r" order by "r"."status" desc, "r"."id" asc nulls first ` +
        `limit $1::bigint offset $2::bigint`,
    );
  });
});

describe("rules of several roles", () => {
  const select = {
    authenticated: { columns: ["id", "title"] },
    owner: { columns: ["id", "note"], where: { owner_id: "$user.id" } },
  };

  it("show a column only in the rows in which one of them gives it", async () => {
    const tasks = world.under({ tasks: { select } });
    const rows = await tasks.call("tasks/select", { orderBy: [{ column: "id" }] }, user(ada, ["owner"]));
    expect(rows).toEqual([
      { id: 1, title: "write", note: "a1" },
      { id: 2, title: "read", note: "a2" },
      { id: 3, title: "sing", note: null },
      { id: 4, title: "dance", note: null },
    ]);
  });

  it.each([
    ["a comparison", { note: "b3" }, []],
    ["a range", { note: { gte: "b" } }, []],
    ["a list", { note: { in: ["b3", "a1"] } }, [1]],
    ["a pattern", { note: { like: "%3" } }, []],
    ["a negation", { not: { note: "a1" } }, [2]],
    ["a pattern under a negation", { not: { note: { like: "a1" } } }, [2]],
    ["isNull", { note: { isNull: true } }, []],
    ["isNull under a negation", { not: { note: { isNull: false } } }, []],
    ["isNull of what is there", { note: { isNull: false } }, [1, 2]],
  ])("let %s match no row in which the column is hidden", async (_, where, ids) => {
    const tasks = world.under({ tasks: { select } });
    const rows = await tasks.call(
      "tasks/select",
      { columns: ["id"], where, orderBy: [{ column: "id" }] },
      user(ada, ["owner"]),
    );
    expect(rows).toEqual(ids.map((id) => ({ id })));
  });

  it("let a sort see NULL where the column is hidden", async () => {
    const tasks = world.under({ tasks: { select } });
    const orderBy = [
      { column: "note", direction: "desc", nulls: "last" },
      { column: "id", direction: "desc" },
    ];
    const rows = await tasks.call("tasks/select", { columns: ["id"], orderBy }, user(ada, ["owner"]));
    expect(rows).toEqual([{ id: 2 }, { id: 1 }, { id: 4 }, { id: 3 }]);
  });

  it("can use an index for a comparison with a column that is hidden elsewhere", async () => {
    const tasks = world.under({ tasks: { select } });
    await tasks.call("tasks/select", { columns: ["id"], where: { note: "a1" } }, user(ada, ["owner"]));
    expect(tasks.sent[0]?.text).toContain(`where ("r"."owner_id" = $1::uuid and "r"."note" = $2::text)`);
  });
});

describe("claims", () => {
  const ids = async (where: object, claims: Record<string, unknown>, id: string | undefined = ada) => {
    const tasks = world.under({
      tasks: { select: { authenticated: { columns: ["id"], where: { ...where } } } },
    });
    const caller = { ...user(ada, [], claims), id };
    return await tasks.call("tasks/select", { orderBy: [{ column: "id" }] }, caller);
  };

  it("match a list as any of it", async () => {
    expect(await ids({ org: { in: "$claims.orgs" } }, { orgs: [1, "2"] })).toEqual([
      { id: 1 },
      { id: 2 },
      { id: 3 },
    ]);
  });

  const useless: [string, Record<string, unknown>][] = [
    ["missing", {}],
    ["null", { x: null }],
    ["an empty list", { x: [] }],
    ["not of the type", { x: "one" }],
    ["a list with a part that is not of the type", { x: [1, "one"] }],
    ["a list with a null", { x: [1, null] }],
    ["an object", { x: { length: 1 } }],
    ["NaN", { x: Number.NaN }],
    ["out of range", { x: 3_000_000_000 }],
    ["inherited", Object.create({ x: 1 })],
  ];
  const rules: [string, object][] = [
    ["eq", { org: "$claims.x" }],
    ["ne", { org: { ne: "$claims.x" } }],
    ["in", { org: { in: "$claims.x" } }],
    ["not eq", { not: { org: "$claims.x" } }],
    ["not in", { not: { org: { in: "$claims.x" } } }],
    ["not not", { not: { not: { org: "$claims.x" } } }],
    ["exists", { exists: { table: "members", where: { org: "$claims.x" } } }],
    ["not exists", { not: { exists: { table: "members", where: { org: "$claims.x" } } } }],
    ["not exists ne", { not: { exists: { table: "members", where: { org: { ne: "$claims.x" } } } } }],
    [
      "not exists not in",
      { not: { exists: { table: "members", where: { not: { org: { in: "$claims.x" } } } } } },
    ],
    ["not (not exists)", { not: { not: { exists: { table: "members", where: { org: "$claims.x" } } } } }],
    [
      "exists not exists",
      {
        exists: {
          table: "members",
          where: { not: { exists: { table: "tasks", where: { org: "$claims.x" } } } },
        },
      },
    ],
    ["not and", { not: { and: [{ org: "$claims.x" }, { id: { lt: 100 } }] } }],
    ["with isNull", { org: { eq: "$claims.x", isNull: true } }],
  ];
  it.each(
    useless.flatMap(([what, claims]) => rules.map(([how, where]) => [how, what, where, claims] as const)),
  )("never match by %s when they are %s", async (_how, _what, where, claims) => {
    expect(await ids(where, claims)).toEqual([]);
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "have no value by the name of %s",
    async (name) => {
      expect(await ids({ title: { ne: `$claims.${name}` } }, {})).toEqual([]);
      expect(await ids({ not: { title: { in: `$claims.${name}` } } }, {})).toEqual([]);
    },
  );

  it("have no user id for who has none", async () => {
    expect(
      await ids({ not: { exists: { table: "members", where: { user_id: "$user.id" } } } }, {}, undefined),
    ).toEqual([]);
    expect(await ids({ owner_id: { ne: "$user.id" } }, {}, "no uuid")).toEqual([]);
  });

  it("reach other tables by exists and the judged row by $row", async () => {
    const where = {
      exists: { table: "members", where: { org: "$row.org", user_id: "$user.id", role: "lead" } },
    };
    expect(await ids(where, {})).toEqual([{ id: 1 }, { id: 2 }]);
    expect(await ids({ not: where }, {})).toEqual([{ id: 3 }, { id: 4 }]);
  });

  it("know the caller's roles", async () => {
    const where = { exists: { table: "members", where: { role: { in: "$user.roles" } } } };
    const tasks = world.under({ tasks: { select: { authenticated: { columns: ["id"], where } } } });
    expect(await tasks.call("tasks/select", {}, user(ada, ["lead"]))).toHaveLength(4);
    expect(await tasks.call("tasks/select", {}, user(ada))).toHaveLength(0);
  });
});

describe("what no rule gives", () => {
  const permissions = {
    tasks: {
      select: {
        authenticated: { columns: ["id", "title"], where: { owner_id: "$user.id" } },
        admin: { columns: all },
      },
      delete: { admin: {} },
    },
  };

  it("is not found, or needs a token, or is forbidden", async () => {
    const tasks = world.under(permissions);
    expect(await tasks.refused("tasks/insert", {}, user(ada, ["admin"]))).toMatchObject({
      code: "not_found",
    });
    expect(await tasks.refused("members/select", {}, user(ada, ["admin"]))).toMatchObject({
      code: "not_found",
    });
    expect(await tasks.refused("tasks/delete", { where: { id: 1 } }, anonymous)).toMatchObject({
      code: "unauthenticated",
    });
    expect(await tasks.refused("tasks/delete", { where: { id: 1 } }, user(ada))).toMatchObject({
      code: "forbidden",
    });
  });

  it.each([
    "note",
    "owner_id",
    "nothing",
    "__proto__",
    "constructor",
    "toString",
    'id"',
    "id; drop table tasks",
    "ID",
    "",
  ])("is one and the same answer for the column %j, hidden or not there", async (name) => {
    const tasks = world.under(permissions);
    const attempts: [unknown, string][] = [
      [{ columns: [name] }, "columns.0"],
      [{ orderBy: [{ column: name }] }, "orderBy.0.column"],
      [{ where: JSON.parse(`{${JSON.stringify(name)}: 1}`) }, `where.${name}`],
      [
        { where: { not: { or: [JSON.parse(`{${JSON.stringify(name)}: {"isNull": true}}`)] } } },
        `where.not.or.0.${name}`,
      ],
    ];
    for (const [params, path] of attempts) {
      const error = await tasks.refused("tasks/select", params, user(ada));
      expect({ code: error.code, message: error.message, details: error.details }).toEqual({
        code: "forbidden",
        message: `\`${path}\` is not a column that you may use here.`,
        details: { path },
      });
    }
    expect(tasks.sent).toEqual([]);
  });
});

describe("params that are not what they should be", () => {
  const permissions = { tasks: { select: { public: { columns: all } } } };
  const deep = (levels: number): object => (levels === 0 ? { id: 1 } : { not: deep(levels - 1) });

  it.each<[string, unknown, string]>([
    ["a list", [], "params"],
    ["a text", "x", "params"],
    ["null", null, "params"],
    ["an unknown key", { having: {} }, "having"],
    ["a key of the prototype", JSON.parse('{"__proto__": {"where": {}}}'), "__proto__"],
    ["no column", { columns: [] }, "columns"],
    ["a column that is a list", { columns: [["id"]] }, "columns.0"],
    ["a condition that is a list", { where: [] }, "where"],
    ["a condition that is null", { where: null }, "where"],
    ["an empty and", { where: { and: [] } }, "where.and"],
    ["an or that is an object", { where: { or: { id: 1 } } }, "where.or"],
    ["an empty condition inside", { where: { or: [{ id: 1 }, {}] } }, "where.or.1"],
    ["an undefined value", { where: { id: undefined } }, "where.id"],
    ["an undefined operand", { where: { id: { eq: undefined } } }, "where.id.eq"],
    ["exists", { where: { exists: { table: "members", where: {} } } }, "where.exists"],
    ["an unknown operator", { where: { id: { regex: "x" } } }, "where.id.regex"],
    ["an operator of SQL", { where: { id: { "= 1 or 1 =": 1 } } }, "where.id.= 1 or 1 ="],
    ["an operator of the prototype", { where: { id: JSON.parse('{"__proto__": 1}') } }, "where.id.__proto__"],
    ["an operator named constructor", { where: { id: { constructor: 1 } } }, "where.id.constructor"],
    ["no operator", { where: { id: {} } }, "where.id"],
    ["a list as a value", { where: { id: [1] } }, "where.id"],
    ["a list as an operand", { where: { id: { eq: [1] } } }, "where.id.eq"],
    ["an object as an operand", { where: { id: { eq: { ne: 1 } } } }, "where.id.eq"],
    ["in without a list", { where: { id: { in: "$user.roles" } } }, "where.id.in"],
    ["in with a list in it", { where: { id: { in: [1, [2]] } } }, "where.id.in.1"],
    ["isNull of a text", { where: { id: { isNull: "false" } } }, "where.id.isNull"],
    ["like on a number", { where: { id: { like: "1" } } }, "where.id.like"],
    ["an incomplete pattern", { where: { title: { like: "a\\" } } }, "where.title.like"],
    ["a number as a text", { where: { title: 1 } }, "where.title"],
    ["a text as a number", { where: { id: "one" } }, "where.id"],
    ["a fraction as a whole number", { where: { id: 1.5 } }, "where.id"],
    ["NaN", { where: { id: Number.NaN } }, "where.id"],
    ["a number out of range", { where: { id: 2_147_483_648 } }, "where.id"],
    ["a huge number", { where: { id: "99999999999999999999999999" } }, "where.id"],
    ["an unknown label", { where: { status: "opened" } }, "where.status"],
    ["no uuid", { where: { owner_id: "$user.id" } }, "where.owner_id"],
    ["NUL", { where: { title: "a\0b" } }, "where.title"],
    ["half a surrogate pair", { where: { title: "\ud800" } }, "where.title"],
    ["too deep a condition", { where: deep(20) }, `where${".not".repeat(20)}`],
    [
      "too many conditions",
      { where: { or: Array.from({ length: 201 }, () => ({ id: 1 })) } },
      "where.or.200.id",
    ],
    [
      "too many values",
      { where: { id: { in: [1] }, or: [{ id: { in: Array(10_000).fill(1) } }] } },
      "where.or.0.id.in",
    ],
    ["a limit that is a text", { limit: "1" }, "limit"],
    ["a negative limit", { limit: -1 }, "limit"],
    ["a limit over the cap", { limit: 1_001 }, "limit"],
    ["a fractional offset", { offset: 0.5 }, "offset"],
    ["a sort that is no list", { orderBy: "id" }, "orderBy"],
    [
      "a sort by SQL",
      { orderBy: [{ column: "id", direction: "desc; drop table tasks" }] },
      "orderBy.0.direction",
    ],
    ["a sort with an unknown part", { orderBy: [{ column: "id", using: ">" }] }, "orderBy.0.using"],
    ["too many sort keys", { orderBy: Array.from({ length: 17 }, () => ({ column: "id" })) }, "orderBy"],
  ])("are refused with their path: %s", async (_, params, path) => {
    const tasks = world.under(permissions);
    const error = await tasks.refused("tasks/select", params, anonymous);
    expect(error.code).toBe("invalid_params");
    expect(error.details).toEqual({ path });
    expect(tasks.sent).toEqual([]);
  });

  it.each(["'; drop table tasks; --", "$user.id", "$1", "\\", '"', "😀 ä", "%", "$$x"])(
    "are never SQL, nor a reference: %j",
    async (text) => {
      const tasks = world.under(permissions);
      await world.database.query({ text: "insert into tasks (id, title) values (99, $1::text)" }, [text]);
      try {
        expect(
          await tasks.call("tasks/select", { columns: ["id"], where: { title: text } }, anonymous),
        ).toEqual([{ id: 99 }]);
        expect(
          await tasks.call("tasks/select", { columns: ["id"], where: { title: { in: [text] } } }, anonymous),
        ).toEqual([{ id: 99 }]);
        expect(tasks.sent.every((sent) => !sent.text.includes(text) || text === "$1" || text === '"')).toBe(
          true,
        );
      } finally {
        await world.database.query({ text: "delete from tasks where id = 99" }, []);
      }
    },
  );

  it("are read in a time that grows with their size only", async () => {
    const tasks = world.under(permissions);
    const nested = {
      not: {
        not: {
          not: { not: { not: { not: { id: { in: Array.from({ length: 10_000 }, (_, id) => id) } } } } },
        },
      },
    };
    const start = performance.now();
    expect(await tasks.call("tasks/select", { columns: ["id"], where: nested }, anonymous)).toHaveLength(4);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it("may be left out, and an empty list matches nothing", async () => {
    const tasks = world.under(permissions);
    expect(await tasks.call("tasks/select", undefined, anonymous)).toHaveLength(4);
    expect(await tasks.call("tasks/select", { where: { id: { in: [] } } }, anonymous)).toEqual([]);
    expect(await tasks.call("tasks/select", { where: { not: { id: { in: [] } } } }, anonymous)).toHaveLength(
      4,
    );
    expect(await tasks.call("tasks/select", { where: { org: null } }, anonymous)).toEqual([]);
    expect(await tasks.call("tasks/select", { where: { not: { org: null } } }, anonymous)).toEqual([]);
    expect(await tasks.call("tasks/select", { limit: 0 }, anonymous)).toEqual([]);
  });

  it("get no more rows than the cap", async () => {
    const tasks = world.under(permissions);
    expect(await tasks.call("tasks/select", {}, anonymous, { rows: 3, depth: 20 })).toHaveLength(3);
    expect(
      await tasks.call("tasks/select", { columns: ["tags"], orderBy: [{ column: "id" }] }, anonymous),
    ).toEqual([{ tags: ["x", "y z"] }, { tags: [] }, { tags: null }, { tags: [null] }]);
  });
});

describe("a rule that does not fit the schema", () => {
  it.each<[string, object]>([
    ["a column that is not there", { nothing: 1 }],
    ["a value of another type", { org: "one" }],
    ["a label that is not there", { status: "opened" }],
    ["a reference that is none", { title: "$user.name" }],
    ["a table that is not there", { exists: { table: "nothing", where: {} } }],
    ["a column that is compared with nothing", { org: {} }],
    ["a column of $row that is not there", { exists: { table: "members", where: { org: "$row.nothing" } } }],
  ])("stops the boot: %s", (_, where) => {
    expect(() =>
      world.under({ tasks: { select: { public: { columns: ["id"], where: { ...where } } } } }),
    ).toThrow(expect.objectContaining({ code: "invalid_manifest" }));
  });

  it("may hold what only Postgres reads, and reads it anew in each call", async () => {
    const at = (value: string) =>
      world.under({ tasks: { select: { public: { columns: ["id"], where: { owner_id: value } } } } });
    expect(await at(`{${ada}}`).call("tasks/select", { where: { id: 1 } }, anonymous)).toEqual([{ id: 1 }]);
    const tasks = at("no uuid");
    const error = await tasks.refused("tasks/select", {}, anonymous);
    expect(error.message).not.toContain("uuid");
    expect(tasks.sent[0]).toMatchObject({
      text: 'select "r"."id" as "id" from "tasks" as "r" where "r"."owner_id" = $1::uuid limit 1001',
      values: ["no uuid"],
    });
  });

  it("may hold any text: $$ stands for a $", async () => {
    for (const text of ["$user.id", "$x", "it's", "back\\slash", "; --"]) {
      const where = { title: text.startsWith("$") ? `$${text}` : text };
      const tasks = world.under({ tasks: { select: { public: { columns: ["id"], where } } } });
      await world.database.query({ text: "insert into tasks (id, title) values (99, $1::text)" }, [text]);
      try {
        expect(await tasks.call("tasks/select", {}, anonymous)).toEqual([{ id: 99 }]);
      } finally {
        await world.database.query({ text: "delete from tasks where id = 99" }, []);
      }
    }
  });
});
