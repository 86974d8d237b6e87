import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import type { DeclaredColumn, DeclaredTable, PlannableSchema } from "../../schema/declared.ts";
import { keptShadow } from "../../src/database/shadow/kept-shadow.ts";
import { openShadow, type Shadow } from "../../src/database/shadow/shadow.ts";
import { temporaryDirectory } from "../services/temporary.ts";

const column = (type: string, more: Partial<DeclaredColumn> = {}): DeclaredColumn => ({
  type,
  nullable: true,
  ...more,
});
const table = (more: Partial<DeclaredTable>): DeclaredTable => ({
  columns: {},
  uniques: [],
  checks: [],
  foreignKeys: [],
  indexes: [],
  ...more,
});

/** What a model can hold, and what Postgres spells otherwise when it has read its own words. */
const declared: PlannableSchema = {
  enums: { state: ["open", "done"] },
  tables: {
    tasks: table({
      columns: {
        id: column("bigint", { nullable: false }),
        state: column("state", { nullable: false, default: "'open'" }),
        code: column("varchar(9)"),
      },
      primaryKey: { name: "tasks_pkey", columns: ["id"] },
      checks: [{ name: "tasks_code_check", expression: "code in ('a', 'b')" }],
    }),
    events: table({ columns: { at: column("date", { nullable: false }) }, partitionBy: "range (at)" }),
    audits: table({ columns: { id: column("bigint") } }),
  },
  objects: [
    {
      kind: "partition",
      name: "events_2026",
      sql: ["create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01')"],
    },
    {
      kind: "view",
      name: "codes",
      sql: ["create view codes as select id from tasks where code in ('a', 'b')"],
    },
    { kind: "comment", name: 'table "tasks"', sql: [`comment on table "tasks" is 'What is to be done.'`] },
    { kind: "routine", name: "one", sql: ["create function one() returns int language sql return 1"] },
  ],
};

const never = (): Promise<Shadow> => Promise.reject(new Error("It was opened."));

async function keptIn(directory: string): Promise<Awaited<ReturnType<Shadow["model"]>>> {
  const shadow = keptShadow(directory);
  onTestFinished(() => shadow.close());
  return shadow.model(declared);
}

describe("keptShadow", () => {
  it("gives the model that was kept, the same in all parts and in their order, and opens nothing for it", async () => {
    const directory = await temporaryDirectory();
    await keptIn(directory);
    const fresh = await openShadow();
    onTestFinished(() => fresh.close());
    const model = await fresh.model(declared);
    const kept = await keptShadow(directory, never).model(declared);
    expect(kept).toEqual(model);
    expect([...kept.tables.keys()]).toEqual(["tasks", "events", "audits"]);
    expect([...kept.tables].map(([, { columns }]) => [...columns.keys()])).toEqual(
      [...model.tables].map(([, { columns }]) => [...columns.keys()]),
    );
    expect(kept.asWritten?.tables.get("tasks")).not.toEqual(kept.tables.get("tasks"));
    expect(kept.objects.get("partition:events_2026")?.rows).toContain("2026-01-01");
    expect(kept.dependencies.get("view:codes")).toContain("column:tasks.code");
  });

  it("asks again where the declaration, its order or its scope is another", async () => {
    const directory = await temporaryDirectory();
    await keptIn(directory);
    const shadow = keptShadow(directory, never);
    const { tasks, events, audits } = declared.tables;
    if (tasks === undefined || events === undefined || audits === undefined) throw new Error("unreachable");
    const others: PlannableSchema[] = [
      { ...declared, enums: { state: ["open", "held", "done"] } },
      { ...declared, tables: { events, tasks, audits } },
      { ...declared, scope: { schemas: ["public"], ignore: ["a*"], unmanagedPartitions: [] } },
    ];
    for (const other of others) await expect(shadow.model(other)).rejects.toThrow("It was opened.");
    await expect(shadow.model(declared, [{ kind: "table", from: "jobs", to: "tasks" }])).rejects.toThrow(
      "It was opened.",
    );
  });

  it("does no remembered work again for the same, unless its result is not of the format", async () => {
    const directory = await temporaryDirectory();
    const opened = await openShadow();
    onTestFinished(() => opened.close());
    let done = 0;
    const work = async (result: unknown, about: string, extensions: readonly string[] = []) => {
      const shadow = keptShadow(directory, async () => opened);
      const counted = async () => {
        done += 1;
        return result;
      };
      return [await shadow.stage(extensions, counted, { about, format: z.number() }), done];
    };
    expect(await work(7, "a plan")).toEqual([7, 1]);
    expect(await work(8, "a plan")).toEqual([7, 1]);
    expect(await work(8, "another plan")).toEqual([8, 2]);
    expect(await work(9, "a plan", ["citext"])).toEqual([9, 3]);
    expect(await work("failed", "a third plan")).toEqual(["failed", 4]);
    expect(await work(10, "a third plan")).toEqual([10, 5]);
  });

  it("does not believe what this user did not write", async () => {
    const directory = await temporaryDirectory();
    await keptIn(directory);
    const models = path.join(directory, "models");
    const [name = ""] = await readdir(models);
    const file = path.join(models, name);
    await writeFile(file, (await readFile(file, "utf8")).replace("What is to be done.", "Something else."));
    await expect(keptShadow(directory, never).model(declared)).rejects.toThrow("It was opened.");
  });

  it("does without a directory that cannot be written", async () => {
    const model = await keptIn(path.join(import.meta.filename, "cache"));
    expect(model.tables.size).toBe(3);
  });
});

describe("a shadow that is asked about one declaration several times", () => {
  it("answers each time as if it were the first, whatever was done to what was made", async () => {
    const shadow = await openShadow();
    onTestFinished(() => shadow.close());
    const first = await shadow.model(declared);
    await shadow.model(declared, [{ kind: "table", from: "jobs", to: "tasks" }]);
    await shadow.read(declared, (database) => database.script("drop table tasks cascade"));
    await expect(
      shadow.read(declared, (database) => database.query("select from nowhere")),
    ).rejects.toThrow();
    const { problems, descriptions } = await shadow.rehearse(declared, [{ sql: "select id from tasks" }]);
    expect(problems).toEqual([]);
    expect(descriptions).toEqual([{ parameterTypes: [], columns: [{ name: "id", type: "bigint" }] }]);
    expect(await shadow.model(declared)).toEqual(first);
    expect(
      await shadow.stage([], (database) =>
        database.query("select from pg_tables where schemaname = 'public'"),
      ),
    ).toEqual([]);
    expect(await shadow.model({ ...declared, tables: {}, objects: [] })).toMatchObject({ tables: new Map() });
  });

  it("refuses each time what was refused", async () => {
    const shadow = await openShadow();
    onTestFinished(() => shadow.close());
    const wrong: PlannableSchema = {
      enums: {},
      tables: { tasks: table({ columns: { id: column("nothing") } }) },
    };
    expect((await shadow.rehearse(wrong)).problems).toHaveLength(1);
    expect((await shadow.rehearse(wrong)).problems).toHaveLength(1);
    await expect(shadow.model(wrong)).rejects.toThrow("nothing");
  });
});
