import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { operations } from "../../schema/permissions.ts";
import { type Helpdesk, type Person, people, serveHelpdesk } from "./helpdesk.ts";

const { nobody, stranger, ada, ben, carla, mira, root } = people;
const northwind = "10000000-0000-4000-8000-000000000001";
const harbour = "10000000-0000-4000-8000-000000000002";
const ticket = (number: number): string => `40000000-0000-4000-8000-00000000000${number}`;

let helpdesk: Helpdesk;
beforeAll(async () => {
  helpdesk = await serveHelpdesk();
});
afterAll(() => helpdesk.close());

const call = (who: Person, path: string, params?: unknown) => helpdesk.call(who, path, params);
const select = (who: Person, table: string, params: object = {}) =>
  call(who, `db/main/${table}/select`, params);
const rolesOf = ({ sub, roles = [] }: Person): string[] =>
  sub === undefined ? ["public"] : ["public", "authenticated", ...roles];

describe("the helpdesk", () => {
  it("has nothing wrong in it", () => {
    expect(helpdesk.diagnostics).toEqual([]);
  });

  it("names a JSON Schema that is there in every YAML file", () => {
    const directory = resolve("examples/helpdesk");
    const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".yaml") && !file.startsWith(".stk"),
    );
    expect(files.length).toBeGreaterThanOrEqual(10);
    const schemas = readdirSync(resolve("schema/json"));
    for (const file of files) {
      const [first = ""] = readFileSync(join(directory, file), "utf8").split("\n", 1);
      const named = resolve(directory, dirname(file), /\$schema=(\S+)$/.exec(first)?.[1] ?? "");
      expect(dirname(named)).toBe(resolve("schema/json"));
      expect(schemas).toContain(relative(dirname(named), named));
    }
  });

  it("gives every call on a table to those whom a rule names, and to nobody else", async () => {
    const { permissions } = helpdesk.manifest;
    const asked: string[] = [];
    // No row of theirs meets the check of the insert, so they are refused before a column is missed.
    const checked = new Set([
      ...["stranger members", "ben members", "mira members"], // own no organisation
      ...["stranger tickets", "stranger comments", "root comments"], // are in none
    ]);
    for (const [connection, tables] of Object.entries(permissions))
      for (const [table, rules] of Object.entries(tables))
        for (const operation of operations)
          for (const [name, who] of Object.entries<Person>(people)) {
            const roles = rolesOf(who);
            const given = Object.entries(rules[operation] ?? {}).find(([role]) => roles.includes(role))?.[1];
            const readable = Object.entries(rules.select ?? {}).find(([role]) => roles.includes(role))?.[1]
              .columns;
            const written = given !== undefined && "columns" in given ? given.columns[0] : undefined;
            // A condition that no row meets: the first column of each table is a part of its key.
            const where = { [readable?.[0] ?? "id"]: { isNull: true } };
            const params = {
              select: { where },
              insert: { values: {} },
              update: { where, set: { [written ?? "id"]: null } },
              delete: { where },
            };
            const { status } = await call(who, `db/${connection}/${table}/${operation}`, params[operation]);
            const said = `${name} ${connection}/${table}/${operation} ${status}`;
            asked.push(said);
            if (rules[operation] === undefined) expect(said).toMatch(/ 404$/);
            else if (given === undefined) expect(said).toMatch(who.sub === undefined ? / 401$/ : / 403$/);
            else if (checked.has(`${name} ${table}`) && operation === "insert") expect(said).toMatch(/ 403$/);
            else expect(said).toMatch(operation === "insert" ? / 400$/ : / 200$/);
          }
    expect(asked.length).toBeGreaterThan(200);
  });

  it("gives every call of logic to those whom it names", async () => {
    const params: Record<string, object> = {
      "tickets/search": { text: "invoice" },
      "tickets/close": { ticket_id: "00000000-0000-4000-8000-000000000000" },
      "tickets/escalate": { ticket_id: "00000000-0000-4000-8000-000000000000", reason: "none" },
      "events/record": { kind: "x", organisation_id: northwind, payload: {} },
    };
    for (const [path, { access }] of Object.entries(helpdesk.manifest.logic))
      for (const who of Object.values<Person>(people)) {
        const { status, error } = await call(who, path, params[path] ?? {});
        const allowed = (typeof access === "string" ? [access] : access).some((role) =>
          rolesOf(who).includes(role),
        );
        const said = `${path} ${status} ${error?.code ?? ""}`;
        if (access === "private") expect(said).toBe(`${path} 404 not_found`);
        else if (allowed) expect(said).toMatch(path === "tickets/escalate" ? / 422 logic_failed$/ : / 200 $/);
        else expect(said).toMatch(who.sub === undefined ? / 401 / : / 403 /);
      }
  });
});

describe("a member", () => {
  it("sees the tickets of the own organisation, without what is the desk's", async () => {
    const { data } = await select(ada, "tickets", { where: { status: { ne: "closed" } } });
    expect(data).toHaveLength(3);
    expect(data).toEqual(Array(3).fill(expect.objectContaining({ organisation_id: northwind })));
    expect(JSON.stringify(data)).not.toMatch(/internal_note|escalated_at|assignee_id/);
    expect((await select(stranger, "tickets")).data).toEqual([]);
  });

  it("cannot read an internal column by asking for it, by a filter or by a sort", async () => {
    const asks = [
      { columns: ["internal_note"] },
      { where: { internal_note: { like: "%" } } },
      { orderBy: [{ column: "internal_note" }] },
    ];
    for (const params of asks) {
      const { status, error } = await select(ada, "tickets", params);
      expect([status, error?.code]).toEqual([403, "forbidden"]);
    }
  });

  it("does not see notes among agents", async () => {
    const where = { ticket_id: ticket(1) };
    expect((await select(ada, "comments", { where })).data).toHaveLength(2);
    expect((await select(mira, "comments", { where })).data).toHaveLength(3);
    expect((await select(carla, "comments", { where })).data).toEqual([]);
  });

  it("files a ticket as nobody else, in no other organisation, and not as urgent", async () => {
    const insert = (values: object) => call(ben, "db/main/tickets/insert", { values });
    const values = { organisation_id: northwind, subject: "The oven clock is wrong" };
    const { data } = await insert(values);
    expect(data).toMatchObject({
      count: 1,
      rows: [{ requester_id: ben.sub, status: "open", priority: "normal" }],
    });
    for (const wrong of [
      { ...values, requester_id: ada.sub },
      { ...values, status: "closed" },
      { ...values, organisation_id: harbour },
      { ...values, priority: "urgent" },
    ])
      expect(await insert(wrong)).toMatchObject({ status: 403, error: { code: "forbidden" } });
    await call(root, "db/main/tickets/delete", { where: { subject: values.subject } });
  });

  it("edits the own open tickets only", async () => {
    const edit = (who: Person, number: number, set: object = { priority: "low" }) =>
      call(who, "db/main/tickets/update", { where: { id: ticket(number) }, set });
    expect((await edit(ben, 2)).data).toMatchObject({ count: 1, rows: [{ priority: "low" }] });
    expect((await edit(ben, 1)).data).toMatchObject({ count: 0 });
    expect((await edit(ada, 3)).data).toMatchObject({ count: 0 });
    expect(await edit(ben, 2, { priority: "urgent" })).toMatchObject({ status: 403 });
    expect(await edit(ben, 2, { requester_id: ada.sub })).toMatchObject({ status: 403 });
  });

  it("who owns the account renames it and adds people; others do not", async () => {
    const rename = (who: Person) =>
      call(who, "db/main/organisations/update", {
        where: { id: northwind },
        set: { name: "Northwind Bakery Ltd" },
      });
    expect((await rename(ben)).data).toMatchObject({ count: 0 });
    expect((await rename(ada)).data).toMatchObject({ count: 1 });
    const user_id = "b0000000-0000-4000-8000-0000000000ff";
    const add = (who: Person) =>
      call(who, "db/main/members/insert", {
        values: { organisation_id: northwind, user_id, name: "Lena", email: "lena@northwind-bakery.example" },
      });
    expect((await add(ben)).status).toBe(403);
    expect((await add(carla)).status).toBe(403);
    expect((await add(ada)).data).toMatchObject({ count: 1, rows: [{ role: "member" }] });
    expect((await add(ada)).status).toBe(409);
    const remove = { where: { user_id } };
    expect((await call(ben, "db/main/members/delete", remove)).data).toMatchObject({ count: 0 });
    expect((await call(ada, "db/main/members/delete", remove)).data).toMatchObject({ count: 1 });
  });

  it("has daily numbers of the organisation that the token speaks for, and none without", async () => {
    const stats = (who: Person) => call(who, "db/analytics/daily_stats/select", { limit: 400 });
    const speaking = { ...ada, claims: { organisation_id: northwind } };
    const { data } = await stats(speaking);
    expect(data).toHaveLength(35);
    expect(new Set(JSON.stringify(data).match(/"organisation_id":"[^"]+"/g))).toEqual(
      new Set([`"organisation_id":"${northwind}"`]),
    );
    expect((await stats(ada)).data).toEqual([]);
    expect((await stats({ ...ada, claims: { organisation_id: "not a uuid" } })).data).toEqual([]);
  });
});

describe("everybody", () => {
  it("reads published articles, and how busy the desk is", async () => {
    expect((await select(nobody, "articles")).data).toHaveLength(6);
    expect((await select(mira, "articles")).data).toHaveLength(8);
    expect((await call(nobody, "status")).data).toEqual({
      open: expect.any(Number),
      pending: expect.any(Number),
      escalated: expect.any(Number),
      agents: 6,
    });
  });
});

describe("logic", () => {
  it("gives an overview of the caller's organisations only", async () => {
    const { data } = await call(ada, "tickets/overview");
    expect(data).toMatchObject([
      { id: ticket(1), organisation: expect.stringContaining("Northwind"), mine: true },
    ]);
    expect((await call(ada, "tickets/overview", { status: "unheard of" })).status).toBe(400);
    expect((await call(carla, "tickets/overview", { limit: 1 })).data).toMatchObject([{ id: ticket(4) }]);
  });

  it("searches by text, tags and status", async () => {
    const search = async (params: object) =>
      JSON.stringify((await call(mira, "tickets/search", params)).data);
    expect(await search({ text: "invoice seats", tags: ["billing"] })).toContain(ticket(1));
    expect(await search({ text: "invoice seats", tags: ["billing", "login"] })).not.toContain(ticket(1));
    expect(await search({ text: "invoice seats", status: "solved" })).not.toContain(ticket(1));
  });

  it("closes a ticket with its reason, once, and only for those who may", async () => {
    const close = (who: Person) =>
      call(who, "tickets/close", { ticket_id: ticket(2), reason: "Fixed by a new cable." });
    expect((await close(carla)).data).toBeNull();
    expect((await close(ben)).data).toMatchObject({
      status: "closed",
      solved_at: expect.stringMatching(/Z$/),
    });
    expect((await close(ben)).data).toMatchObject({ status: "closed" });
    const said = await select(ben, "comments", { where: { body: "Fixed by a new cable." } });
    expect(said.data).toMatchObject([{ author_id: ben.sub, ticket_id: ticket(2) }]);
  });

  it("escalates across both databases, with a note that the customer does not see", async () => {
    const escalate = (number: number) =>
      call(mira, "tickets/escalate", { ticket_id: ticket(number), reason: "The accountant waits." });
    const { data } = await escalate(1);
    expect(data).toMatchObject({
      priority: "urgent",
      previous: "high",
      event: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const events = await call(root, "db/analytics/events/select", {
      where: { ticket_id: ticket(1), kind: "ticket.escalated" },
    });
    expect(events.data).toMatchObject([
      { actor_id: mira.sub, payload: { from: "high", reason: "The accountant waits." } },
    ]);
    const note = { where: { body: "The accountant waits." } };
    expect((await select(ada, "comments", note)).data).toEqual([]);
    expect((await select(mira, "comments", note)).data).toMatchObject([{ internal: true }]);
    expect(await escalate(1)).toMatchObject({
      status: 422,
      error: { details: { code: "already_escalated" } },
    });
    expect(await escalate(3)).toMatchObject({ status: 422, error: { details: { code: "ticket_done" } } });
  });
});
