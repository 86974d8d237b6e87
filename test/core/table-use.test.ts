import { expect, it } from "vitest";
import { tableUses } from "../../src/core/table-use.ts";

it("finds what a call reads and writes: by its columns, its conditions, and what it gives back", () => {
  const uses = tableUses("main", {
    tasks: {
      select: {
        user: { columns: ["id"], where: { or: [{ owner: "$user.id" }, { not: { hidden: true } }] } },
        admin: { columns: ["id", "note"] },
      },
      insert: {
        user: {
          columns: ["title"],
          set: { owner: "$user.id", at: { sql: "now()" } },
          check: {
            exists: { table: "teams", where: { id: "$row.team", not: { closed: { gt: "$row.at" } } } },
          },
        },
        admin: { columns: ["title", "owner", "note"], set: { at: { sql: "now()" } } },
      },
      delete: { admin: {} },
    },
  });
  const visible = new Set(["id", "note", "owner", "hidden"]);
  expect(uses).toEqual([
    { call: "db/main/tasks/select", tables: [{ table: "tasks", reads: visible }] },
    {
      call: "db/main/tasks/insert",
      tables: [
        {
          table: "tasks",
          reads: new Set([...visible, "team", "at"]),
          inserts: {
            given: new Set(["title", "owner", "at", "note"]),
            byAll: new Set(["title", "owner", "at"]),
          },
        },
        { table: "teams", reads: new Set(["id", "closed"]) },
      ],
    },
    { call: "db/main/tasks/delete", tables: [{ table: "tasks", reads: visible, deletes: true }] },
  ]);
});
