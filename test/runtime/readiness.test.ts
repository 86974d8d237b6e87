import { describe, expect, it } from "vitest";
import { freePort } from "../services/port.ts";
import { detour } from "./detour.ts";
import { manifestOf, notesSql } from "./manifest.ts";
import { execute, notesDatabase, serve, untilReady } from "./serve.ts";

const token = `Bearer ${["{}", JSON.stringify({ sub: "ada" })].map((part) => Buffer.from(part).toString("base64url")).join(".")}.`;

describe("a database that does not fit", () => {
  it.each([
    ["lacks a table", "drop table notes", "The table `notes` does not exist."],
    ["lacks a column", "alter table notes drop column body", "The column `notes.body` does not exist."],
    [
      "has another type",
      "alter table notes alter body type varchar(9)",
      "The column `notes.body` is `character varying(9)`, not `text`.",
    ],
    [
      "allows null",
      "alter table notes alter body drop not null",
      "The column `notes.body` is nullable, unlike declared.",
    ],
    [
      "refuses null",
      "update notes set mood = 'calm'; alter table notes alter mood set not null",
      "The column `notes.mood` is not null, unlike declared.",
    ],
    [
      "lacks a value of an enum",
      "alter type mood rename value 'cross' to 'angry'",
      "The enum `mood` has no value `cross`.",
    ],
  ])("keeps the Bridge unready when it %s", async (_, change, message) => {
    const { url } = await notesDatabase(notesSql + change);
    const served = await serve({ url });
    await expect
      .poll(async () => (await served.bridge.readiness()).reasons)
      .toEqual([{ connection: "main", code: "schema_mismatch", message }]);
    expect((await fetch(`${served.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${served.url}/healthz`)).status).toBe(200);
    const { status, body } = await served.call("db/main/notes/select", {}, {});
    expect({ status, code: body.error?.code }).toEqual({ status: 503, code: "unavailable" });
  });

  it("is served once it was mended", async () => {
    const { url } = await notesDatabase(`${notesSql}; alter table notes rename column body to text`);
    const served = await serve({ url, environment: { STK_DISABLE_AUTH: "true" } });
    await expect.poll(async () => (await served.bridge.readiness()).reasons.length).toBe(1);
    await execute(url, "alter table notes rename column text to body");
    await untilReady(served);
    const { body } = await served.call(
      "db/main/notes/select",
      { where: { id: 1 } },
      { authorization: token },
    );
    expect(body.data).toEqual([{ id: 1, body: "one" }]);
  });

  it("may have more than was declared", async () => {
    const { url } = await notesDatabase(
      `${notesSql}; create table more (id int); alter table notes add extra int; alter type mood add value 'glad'`,
    );
    await untilReady(await serve({ url }));
  });
});

describe("a database that is away", () => {
  it("when the Bridge starts, is waited for", async () => {
    const served = await serve({ url: `postgres://postgres:hunter2@127.0.0.1:${await freePort()}/notes` });
    const report = await served.bridge.readiness();
    expect(report.status).toBe("unready");
    expect(report.reasons[0]?.code).toMatch(/starting|database_unreachable/);
    expect((await fetch(`${served.url}/healthz`)).status).toBe(200);
    expect(JSON.stringify(report)).not.toContain("hunter2");
  });

  it("for a while makes the Bridge unready, and calls unavailable, until it is back", async () => {
    const { url, close, open } = await detour((await notesDatabase()).url);
    const served = await serve({ url, environment: { STK_DISABLE_AUTH: "true" } });
    await untilReady(served);
    const call = () => served.call("db/main/notes/select", { where: { id: 1 } }, { authorization: token });
    expect((await call()).status).toBe(200);
    await close();
    await expect
      .poll(async () => (await served.bridge.readiness()).status, { timeout: 5_000 })
      .toBe("unready");
    const { status, body } = await call();
    expect({ status, code: body.error?.code }).toEqual({ status: 503, code: "unavailable" });
    await open();
    await untilReady(served);
    expect((await call()).status).toBe(200);
  });
});

describe("a reload", () => {
  it("serves the new manifest to the calls that come, and goes on with the old for those that run", async () => {
    const { url } = await notesDatabase();
    const served = await serve({
      url,
      manifest: manifestOf({ logic: { version: value("select 1 as n, pg_sleep(0.3)") } }),
    });
    await untilReady(served);
    const running = served.call("version");
    await new Promise((resolve) => setTimeout(resolve, 50));
    await served.bridge.reload(manifestOf({ logic: { version: value("select 2 as n") } }), "/nowhere");
    expect((await served.call("version")).body.data).toBe(2);
    expect((await running).body.data).toBe(1);
  });

  it("that fails leaves what was there", async () => {
    const { url } = await notesDatabase();
    const served = await serve({ url, manifest: manifestOf({ logic: { version: value("select 1 as n") } }) });
    await untilReady(served);
    const broken = manifestOf({
      logic: {
        broken: {
          kind: "module",
          access: "public",
          params: {},
          connection: "main",
          file: "none.mjs",
          env: [],
        },
      },
    });
    await expect(served.bridge.reload(broken, "/nowhere")).rejects.toMatchObject({ code: "invalid_module" });
    expect((await served.call("version")).body.data).toBe(1);
  });

  it("drops no call while it goes on", async () => {
    const { url } = await notesDatabase();
    const served = await serve({ url, manifest: manifestOf({ logic: { version: value("select 1 as n") } }) });
    await untilReady(served);
    let going = true;
    const statuses = new Set<number>();
    const caller = async () => {
      while (going) statuses.add((await served.call("version")).status);
    };
    const callers = [caller(), caller(), caller()];
    for (let n = 2; n < 10; n += 1) {
      const pool = n % 2 === 0 ? 2 : 3; // other settings: another pool
      const { main } = manifestOf().connections;
      if (main === undefined) throw new Error("There is no main.");
      await served.bridge.reload(
        manifestOf({
          connections: { main: { ...main, pool } },
          logic: { version: value(`select ${n} as n`) },
        }),
        "/nowhere",
      );
    }
    going = false;
    await Promise.all(callers);
    expect([...statuses]).toEqual([200]);
  });
});

const value = (sql: string) => ({
  kind: "sql" as const,
  access: "public" as const,
  params: {},
  connection: "main",
  returns: "value" as const,
  statements: [{ sql, bindings: [], types: [], result: [{ name: "n", type: "integer" }] }],
});
