import { expect, it } from "vitest";
import { notesSql } from "../manifest.ts";
import { serveModules, unverified } from "./serve-modules.ts";

it("a select that is cut says so to clients and to modules, and one with a limit does not", async () => {
  const { call } = await serveModules(
    {
      inner: `const cut = await context.call("db/main/notes/select");
        const chosen = await context.call("db/main/notes/select", { limit: 100 });
        return [cut.length, cut.more, chosen.length, chosen.more, JSON.stringify(cut).includes("more")];`,
      whole: `return context.call("db/main/notes/select");`,
    },
    { schema: `${notesSql}; insert into notes select id, 'eve', '' from generate_series(10, 110) id` },
  );
  const eve = unverified({ sub: "eve" });
  const { data, more } = (await call("db/main/notes/select", {}, eve)).body;
  expect({ rows: Array.isArray(data) && data.length, more }).toEqual({ rows: 100, more: true });
  expect((await call("db/main/notes/select", { limit: 100 }, eve)).body).not.toHaveProperty("more");
  expect((await call("db/main/notes/select", { where: { id: { gt: 10 } } }, eve)).body).not.toHaveProperty(
    "more",
  );
  expect((await call("inner", {}, eve)).body.data).toEqual([100, true, 100, null, false]);
  expect((await call("whole", {}, eve)).body).toMatchObject({ more: true });
});
