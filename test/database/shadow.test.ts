import { beforeAll, expect, it } from "vitest";
import type { DeclaredSchema, DeclaredTable } from "../../schema/declared.ts";
import type { Shadow } from "../../src/database/shadow/shadow.ts";
import { sharedShadow } from "./shared-shadow.ts";

let shadow: Shadow;
beforeAll(async () => {
  shadow = await sharedShadow();
});

const table = (parts: Partial<DeclaredTable>): DeclaredTable => ({
  columns: {},
  uniques: [],
  checks: [],
  foreignKeys: [],
  indexes: [],
  ...parts,
});
const column = (type: string, fallback?: string) => ({
  type,
  nullable: true,
  ...(fallback === undefined ? {} : { default: fallback }),
});

const tasks: DeclaredSchema = {
  enums: { order: ["open", "done"] },
  tables: {
    tasks: table({
      columns: {
        id: column("bigserial"),
        title: column("varchar(200)"),
        status: column("order", "'open'"),
        tags: column("order[]"),
      },
      primaryKey: { name: "tasks_pkey", columns: ["id"] },
    }),
  },
};

it("spells the types of columns as Postgres does", async () => {
  const { problems, columnTypes } = await shadow.rehearse(tasks);
  expect(problems).toEqual([]);
  expect(columnTypes).toEqual({
    tasks: { id: "bigint", title: "character varying(200)", status: '"order"', tags: '"order"[]' },
  });
});

it("describes what statements take and give", async () => {
  const { descriptions } = await shadow.rehearse(tasks, [
    { sql: "select id, title from tasks where status = $1 and id > $2" },
    { sql: "select $1 as given", parameterTypes: ["integer"] },
    { sql: "delete from tasks" },
  ]);
  expect(descriptions).toEqual([
    {
      parameterTypes: ['"order"', "bigint"],
      columns: [
        { name: "id", type: "bigint" },
        { name: "title", type: "character varying(200)" },
      ],
    },
    { parameterTypes: ["integer"], columns: [{ name: "given", type: "integer" }] },
    { parameterTypes: [], columns: [] },
  ]);
});

it("says where a statement is wrong, and goes on with the next", async () => {
  const { descriptions } = await shadow.rehearse(tasks, [
    { sql: "select titel from tasks" },
    { sql: "select 1; drop table tasks" },
    { sql: "select $1", parameterTypes: ["nonsense"] },
    { sql: "select 1 as one" },
  ]);
  expect(descriptions).toMatchObject([
    { error: { sqlstate: "42703", position: 8, hint: expect.stringContaining("title") } },
    { error: { sqlstate: "42601" } },
    { error: { sqlstate: "42704", message: expect.stringContaining("nonsense") } },
    { columns: [{ name: "one", type: "integer" }] },
  ]);
});

it("finds everything that is wrong in a schema at once, and blames nothing that is only a consequence", async () => {
  const { problems } = await shadow.rehearse({
    enums: {},
    tables: {
      users: table({
        columns: { id: column("uid"), name: column("text") },
        primaryKey: { name: "users_pkey", columns: ["id"] },
      }),
      tasks: table({
        columns: {
          id: column("integer", "'x' || 1"),
          user_id: column("uuid"),
          due: column("date", "tomorow()"),
        },
        checks: [
          { name: "tasks_due_check", expression: "due > current_date" },
          { name: "tasks_user_check", expression: "user_id > 7" },
        ],
        indexes: [{ name: "tasks_lower", columns: ["lower(user_id)"], unique: false, method: "btree" }],
        foreignKeys: [
          {
            name: "tasks_user_id_fkey",
            columns: ["user_id"],
            table: "users",
            references: ["id"],
            onDelete: "no action",
            onUpdate: "no action",
          },
        ],
      }),
    },
  });
  expect(problems.map(({ of }) => of)).toEqual([
    { kind: "column", table: "users", name: "id" },
    { kind: "column", table: "tasks", name: "id" },
    { kind: "column", table: "tasks", name: "due" },
    { kind: "check", table: "tasks", name: "tasks_user_check" },
    { kind: "index", table: "tasks", name: "tasks_lower" },
  ]);
});

it("lets no expression end the transaction or smuggle in a statement", async () => {
  const { problems } = await shadow.rehearse({
    enums: {},
    tables: {
      a: table({ columns: { id: column("int") }, checks: [{ name: "c", expression: "true)); commit; --" }] }),
    },
  });
  expect(problems).toMatchObject([{ of: { kind: "check", name: "c" }, error: { sqlstate: "42601" } }]);
  expect((await shadow.rehearse({ enums: {}, tables: {} })).columnTypes).toEqual({});
});

it("serves calls that come together one after the other", async () => {
  const all = await Promise.all([1, 2, 3].map(() => shadow.rehearse(tasks, [{ sql: "select 1 as one" }])));
  expect(all.map(({ problems }) => problems)).toEqual([[], [], []]);
});
