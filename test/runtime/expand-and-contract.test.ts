import { expect, it } from "vitest";
import type { Manifest } from "../../schema/manifest.ts";
import { manifestOf } from "./manifest.ts";
import { execute, notesDatabase, type Served, serve, untilReady } from "./serve.ts";

const token = `Bearer ${["{}", JSON.stringify({ sub: "ada" })].map((part) => Buffer.from(part).toString("base64url")).join(".")}.`;

/** A release whose notes have these columns, all of them read and, but for `owner_id`, written. */
function release(columns: Record<string, { type: string; nullable: boolean }>): Manifest {
  const names = Object.keys(columns);
  const declared = { owner_id: { type: "text", nullable: false }, ...columns };
  const keys = { primaryKey: { name: "notes_pkey", columns: ["id"] }, uniques: [], checks: [] };
  return manifestOf({
    schema: {
      main: { enums: {}, tables: { notes: { columns: declared, ...keys, foreignKeys: [], indexes: [] } } },
    },
    permissions: {
      main: {
        notes: {
          select: { authenticated: { columns: names, where: { owner_id: "$user.id" } } },
          insert: { authenticated: { columns: names, set: { owner_id: "$user.id" } } },
        },
      },
    },
  });
}

const id = { type: "integer", nullable: false };
const old = release({ id, body: { type: "text", nullable: false } });
const both = release({
  id,
  body: { type: "text", nullable: false },
  title: { type: "text", nullable: true },
});
const next = release({ id, title: { type: "text", nullable: false } });

let last = 10;
const rows = new Map<Manifest, () => object>([
  [old, () => ({ id: ++last, body: "b" })],
  [both, () => ({ id: ++last, body: "b", title: "t" })],
  [next, () => ({ id: ++last, title: "t" })],
]);

/** Calls until `end`, and gives every answer that is not 200. */
function load(served: Served, manifest: Manifest): { end(): Promise<string[]> } {
  let going = true;
  const failed: string[] = [];
  const call = async (path: string, params: unknown) => {
    const { status, body } = await served.call(path, params, { authorization: token });
    if (status !== 200) failed.push(`${path} ${status} ${body.error?.code}`);
  };
  const caller = async () => {
    while (going) {
      await call("db/main/notes/insert", { values: rows.get(manifest)?.() });
      await call("db/main/notes/select", { limit: 5 });
    }
  };
  const callers = [caller(), caller()];
  return {
    end: async () => {
      going = false;
      await Promise.all(callers);
      return failed;
    },
  };
}

const started = async (url: string, manifest: Manifest): Promise<Served> => {
  const served = await serve({ url, manifest, environment: { STK_DISABLE_AUTH: "true" } });
  await untilReady(served);
  return served;
};

/** What each page's step does to the schema, and the releases that run before, during and after it. */
const steps: readonly (readonly [
  name: string,
  sql: string,
  before: readonly Manifest[],
  after: readonly Manifest[],
])[] = [
  [
    "expand: a nullable column",
    "alter table notes add title text; update notes set title = body",
    [old],
    [old, both],
  ],
  [
    "move: a trigger writes for the old release, and NOT NULL",
    `create function title_of() returns trigger language plpgsql as 'begin new.title := coalesce(new.title, new.body); return new; end';
    create trigger title_of before insert on notes for each row execute function title_of();
    update notes set title = body where title is null; alter table notes alter title set not null`,
    [old, both],
    [old, both],
  ],
  ["move: the old column takes null", "alter table notes alter body drop not null", [both], [both, next]],
  [
    "contract: the trigger and the old column go",
    "drop trigger title_of on notes; alter table notes drop column body",
    [next],
    [next],
  ],
];

it("serves the release before and the one after through every step, under load, and rolls back", {
  timeout: 60_000,
}, async () => {
  const { url } = await notesDatabase();
  for (const [name, sql, before, after] of steps) {
    const loads = await Promise.all(
      before.map(async (manifest) => load(await started(url, manifest), manifest)),
    );
    await execute(url, sql);
    // What starts now is the next release of a roll-out, and the one before where it is rolled back.
    for (const manifest of after) loads.push(load(await started(url, manifest), manifest));
    const failed = (await Promise.all(loads.map(({ end }) => end()))).flat();
    expect({ name, failed }).toEqual({ name, failed: [] });
  }
});
