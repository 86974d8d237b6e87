import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { manifest as manifestFormat } from "../../schema/manifest.ts";
import { compileProject } from "../../src/compile/compile-project.ts";
import { readProject } from "../../src/project/read-project.ts";
import { sharedShadow } from "../database/shared-shadow.ts";
import { projectDirectory } from "../project/project-directory.ts";

const compile = async (files: Readonly<Record<string, string>>) =>
  compileProject(await readProject(projectDirectory(files)));

const tasks = `enums: { task_status: [open, done] }
tables:
  users:
    columns:
      id: { type: uuid, primaryKey: true }
      name: { type: varchar(80), nullable: false }
  tasks:
    columns:
      id: { type: uuid, primaryKey: true, default: gen_random_uuid() }
      title: { type: text, nullable: false }
      status: { type: task_status, nullable: false, default: open }
      rank: { type: int4 }
      owner_id: { type: uuid, nullable: false, references: users.id }
      tags: { type: "text[]" }
`;

describe("compileProject", () => {
  it("names ten different mistakes at once, each with its line", async () => {
    const { diagnostics, manifest } = await compile({
      "schema/a.yaml": tasks
        .replace("nullable: false }", "nulable: false }")
        .replace("rank: { type: int4 }", "rank: { type: 4 }"),
      "schema/b.yaml": `tables:
  users: { columns: { id: { type: uuid } } }
  notes:
    columns:
      task_id: { type: uuid, references: tasks.uid }
      user_id: { type: integer, references: users.id }
`,
      "config/permissions.yaml": `roles: [agent]
tables:
  tasks:
    select:
      agent: { columns: [id, titel] }
      agnt: true
`,
      "logic/a.sql": "---\naccess: public\n---\nselect id,\n  titl from tasks\n",
      "logic/b.sql": "---\naccess: public\n---\nselect 1 as one\n",
      "logic/b.ts": "/*---\naccess: public\n---*/\nexport default () => 'AKIAIOSFODNN7EXAMPLE';\n",
    });
    expect(manifest).toBeUndefined();
    expect(diagnostics.map(({ code, file, line, column }) => `${code} ${file}:${line}:${column}`)).toEqual([
      "unknown_column config/permissions.yaml:5:30",
      "undeclared_role config/permissions.yaml:6:7",
      "invalid_sql logic/a.sql:5:3",
      "duplicate_path logic/b.ts:1:1",
      "literal_secret logic/b.ts:4:23",
      "unknown_key schema/a.yaml:6:34",
      "wrong_type schema/a.yaml:12:21",
      "duplicate_table schema/b.yaml:2:3",
      "unknown_column schema/b.yaml:5:42",
      "reference_type schema/b.yaml:6:45",
    ]);
    for (const { hint, message } of diagnostics.filter(
      ({ code }) => code !== "invalid_sql" && code !== "wrong_type",
    ))
      expect(hint, message).toEqual(expect.stringMatching(/\.$|\?$/));
  }, 30_000);

  it("compiles what is right into a manifest of the format", async () => {
    const { diagnostics, manifest, modules } = await compile({
      "schema/a.yaml": tasks,
      "config/permissions.yaml": `roles: [agent, admin]
tables:
  tasks:
    select: { agent: { where: { owner_id: $user.id } }, admin: true }
    insert: { agent: { columns: [title], set: { owner_id: $user.id, rank: { sql: 1 + 1 } } } }
    update: { agent: { where: { owner_id: $user.id }, set: { rank: { sql: rank + 1 } } } }
    delete: { admin: true }
`,
      "config/auth.yaml":
        'issuers:\n  - { issuer: "${ISSUER}", jwks: "https://a.example/jwks", audience: api }\n',
      "config/server.yaml": "limits: { body: 64kb, time: 3s }\n",
      "logic/tasks/list.sql": `---
access: authenticated
params: { status: { type: task_status, default: open }, limit: { type: int, default: 10 } }
cache: 1m
---
select id, title, $user.roles as roles from tasks where owner_id = $user.id and status = :status limit :limit
`,
      "logic/tasks/touch.sql":
        "---\naccess: [agent]\n---\nupdate tasks set rank = 1 where owner_id = $user.id;\ndelete from tasks where false\n",
      "logic/ping.ts":
        "/*---\naccess: public\nenv: [PAGER_URL]\n---*/\nimport { pong } from './_code/pong.ts';\nexport default (): string => pong;\n",
      "logic/_code/pong.ts": "export const pong: string = 'pong';\n",
    });
    expect(diagnostics).toEqual([]);
    expect(manifestFormat.parse(manifest)).toEqual(manifest);
    expect(manifest).toMatchObject({
      name: "sample",
      roles: ["admin", "agent"],
      environment: [
        { name: "DATABASE_URL", usedBy: ["connections.main.url"] },
        { name: "ISSUER", usedBy: ["auth.issuers.0.issuer"] },
        { name: "PAGER_URL", usedBy: ["logic/ping"] },
      ],
      server: { limits: { bodyBytes: 65_536, timeMs: 3_000, depth: 20 } },
      issuers: [{ issuer: { env: "ISSUER" }, audience: ["api"], algorithms: ["RS256", "ES256"] }],
    });
    expect(manifest?.schema.main?.tables.users?.columns.name?.type).toBe("character varying(80)");
    expect(manifest?.schema.main?.tables.tasks?.columns.rank?.type).toBe("integer");
    const all = ["id", "title", "status", "rank", "owner_id", "tags"];
    expect(manifest?.permissions.main?.tasks).toEqual({
      select: { agent: { columns: all, where: { owner_id: "$user.id" } }, admin: { columns: all } },
      insert: { agent: { columns: ["title"], set: { owner_id: "$user.id", rank: { sql: "1 + 1" } } } },
      update: {
        agent: {
          columns: all.filter((name) => name !== "rank"),
          set: { rank: { sql: "rank + 1" } },
          where: { owner_id: "$user.id" },
        },
      },
      delete: { admin: {} },
    });
    expect(manifest?.logic["tasks/list"]).toEqual({
      kind: "sql",
      access: "authenticated",
      connection: "main",
      params: { status: { type: "task_status", default: "open" }, limit: { type: "integer", default: 10 } },
      cacheMs: 60_000,
      returns: "rows",
      statements: [
        {
          sql: 'select id, title, ($1::text[]) as roles from tasks where owner_id = $2 and status = ($3::"task_status") limit ($4::int)',
          bindings: [
            { from: "user", name: "roles" },
            { from: "user", name: "id" },
            { from: "param", name: "status" },
            { from: "param", name: "limit" },
          ],
          types: ["text[]", "uuid", "task_status", "integer"],
          result: [
            { name: "id", type: "uuid" },
            { name: "title", type: "text" },
            { name: "roles", type: "text[]" },
          ],
          places: expect.arrayContaining([[0, expect.any(Number), 1]]),
        },
      ],
    });
    expect(manifest?.logic["tasks/touch"]).toMatchObject({ returns: "none", statements: [{}, {}] });
    expect(modules.map(({ path }) => path)).toEqual(["logic/ping.mjs", "maps/logic/ping.mjs.map"]);
    const [code = "", map = ""] = modules.map(({ content }) => Buffer.from(content).toString());
    expect(code).not.toContain("sourceMappingURL");
    expect(JSON.parse(map)).toMatchObject({ sources: ["../logic/_code/pong.ts", "../logic/ping.ts"] });
    const module: unknown = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    expect(module).toMatchObject({ default: expect.any(Function) });
  }, 30_000);

  it("gives the same modules where lines end as on Windows", async () => {
    const source = [
      "/*---",
      "access: public",
      "---*/",
      "/*! A licence",
      " * of two lines. */",
      "export default () => `a",
      "b${String.raw`\\r\\n`}` + '\\r\\n\\\\r\\\\n';",
      "",
    ];
    const [lf, crlf] = await Promise.all(
      ["\n", "\r\n"].map(async (end) => {
        const root = projectDirectory({ "logic/a.ts": source.join(end) });
        const { modules } = await compileProject(await readProject(root), { openShadow: sharedShadow });
        return modules.map(({ content }) => Buffer.from(content).toString());
      }),
    );
    expect(lf).toHaveLength(2);
    expect(crlf).toEqual(lf);
  });

  it("takes two tables of one name for one mistake, and not for columns that are missing too", async () => {
    const root = projectDirectory({
      "schema/a.yaml": "tables:\n  tasks: { columns: { id: { type: uuid } } }\n",
      "schema/b.yaml": "tables:\n  tasks: { columns: { title: { type: text }, wrong: { type: txet } } }\n",
      "logic/a.sql": "---\naccess: public\n---\nselect id, title from tasks\n",
    });
    const { diagnostics } = await compileProject(await readProject(root), { openShadow: sharedShadow });
    expect(diagnostics.map(({ code, file, line, column }) => `${code} ${file}:${line}:${column}`)).toEqual([
      "duplicate_table schema/b.yaml:2:3",
      "unknown_type schema/b.yaml:2:61",
    ]);
  });

  it("starts Postgres only for what it did not see before", async () => {
    const root = projectDirectory({
      "schema/a.yaml": tasks,
      "logic/a.sql": "---\naccess: public\n---\nselect naem from tasks\n",
      "logic/b.ts": "/*---\naccess: public\n---*/\nexport default () => 1;\n",
    });
    const first = await compileProject(await readProject(root));
    const refuse = () => Promise.reject(new Error("Postgres was started"));
    const second = await compileProject(await readProject(root), { openShadow: refuse });
    expect(second.diagnostics).toEqual(first.diagnostics);
    expect(second.diagnostics).toMatchObject([{ code: "invalid_sql" }]);
    expect(second.modules).toEqual(first.modules);
    writeFileSync(join(root, "logic/a.sql"), "---\naccess: public\n---\nselect title from tasks\n");
    await expect(compileProject(await readProject(root), { openShadow: refuse })).rejects.toThrow(
      "Postgres was started",
    );
    const [entry = ""] = readdirSync(join(root, ".stk/cache/shadow"));
    writeFileSync(join(root, ".stk/cache/shadow", entry), '{"damaged": true}');
    writeFileSync(join(root, "logic/a.sql"), "---\naccess: public\n---\nselect naem from tasks\n");
    expect((await compileProject(await readProject(root))).diagnostics).toEqual(first.diagnostics);
  }, 30_000);

  it("believes nothing of the cache that came with the project", async () => {
    const root = projectDirectory({
      "schema/a.yaml": tasks,
      "logic/b.ts": "/*---\naccess: public\n---*/\nexport default () => 1;\n",
    });
    const options = { openShadow: sharedShadow };
    const first = await compileProject(await readProject(root), options);
    const modules = join(root, ".stk/cache/modules");
    const [entry = ""] = readdirSync(modules);
    const kept = readFileSync(join(modules, entry), "utf8");
    writeFileSync(join(modules, entry), kept.replace("=> 1", "=> 2"));
    expect(readFileSync(join(modules, entry), "utf8")).not.toBe(kept);
    expect((await compileProject(await readProject(root), options)).modules).toEqual(first.modules);
  }, 30_000);

  it("does without a cache that cannot be written", async () => {
    const root = projectDirectory({ "schema/a.yaml": tasks });
    const { diagnostics } = await compileProject(await readProject(root), {
      cacheDirectory: join(root, "stk.yaml/x"),
    });
    expect(diagnostics).toEqual([]);
    expect(existsSync(join(root, ".stk"))).toBe(false);
  }, 30_000);
});

it("a parameter of a domain keeps the domain, whose check is the caller's to meet", async () => {
  const root = projectDirectory({
    "schema/a.yaml": "domains: { email: { type: text, check: value like '%@%' }, Odd: { type: int } }\n",
    "logic/a.ts":
      "/*---\naccess: public\nparams: { e: { type: email }, o: { type: Odd }, n: { type: int4 } }\n---*/\nexport default () => 1;\n",
  });
  const { manifest, diagnostics } = await compileProject(await readProject(root), {
    openShadow: sharedShadow,
  });
  expect(diagnostics).toEqual([]);
  expect(Object.values(manifest?.logic.a?.params ?? {}).map(({ type }) => type)).toEqual([
    "email",
    '"Odd"',
    "integer",
  ]);
});

it("a parameter keeps the length, the precision and the scale of its type, as Postgres spells them", async () => {
  const spelled = {
    "varchar(5)": "character varying(5)",
    "char(5)": "character(5)",
    char: "character(1)",
    "bit(4)": "bit(4)",
    bit: "bit(1)",
    "varbit(4)[]": "bit varying(4)[]",
    "decimal(6, 2)": "numeric(6,2)",
    "timestamptz(0)": "timestamp(0) with time zone",
    "interval day to second(3)": "interval day to second(3)",
    "float(24)": "real",
    text: "text",
    bpchar: "character",
  };
  const params = Object.keys(spelled).map((type, index) => `p${index}: { type: "${type}" }`);
  const front = `access: public\nparams: { ${params.join(", ")} }`;
  const used = Object.keys(spelled).map((_, index) => `:p${index} as c${index}`);
  const root = projectDirectory({
    "schema/a.yaml": "tables: { t: { columns: { a: { type: int } } } }\n",
    "logic/a.ts": `/*---\n${front}\n---*/\nexport default () => 1;\n`,
    "logic/b.sql": `---\n${front}\n---\nselect ${used.join(", ")}\n`,
  });
  const { manifest, diagnostics } = await compileProject(await readProject(root), {
    openShadow: sharedShadow,
  });
  expect(diagnostics).toEqual([]);
  for (const path of ["a", "b"])
    expect(Object.values(manifest?.logic[path]?.params ?? {}).map(({ type }) => type)).toEqual(
      Object.values(spelled),
    );
});

it("a number that a double holds is a default of it, however large", async () => {
  const root = projectDirectory({
    "schema/a.yaml":
      "tables: { t: { columns: { a: { type: int, primaryKey: true }, f: { type: float8, default: 1e22 }, n: { type: numeric, default: -1e22 } } } }\n",
    "logic/a.sql":
      "---\naccess: public\nparams: { f: { type: float8, default: 1e22 } }\n---\nselect :f as f\n",
  });
  const { manifest, diagnostics } = await compileProject(await readProject(root), {
    openShadow: sharedShadow,
  });
  expect(diagnostics).toEqual([]);
  expect(manifest?.logic.a?.params.f).toEqual({ type: "double precision", default: 1e22 });
});
