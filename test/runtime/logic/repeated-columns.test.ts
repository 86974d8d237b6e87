import { expect, it } from "vitest";
import { serveModules } from "./serve-modules.ts";

it.each(["server", "embedded"] as const)(
  "a row of which two columns have one name is refused by that name (%s)",
  async (engine) => {
    const { call, lines } = await serveModules(
      {
        it: "return context.sql`select 1 as a, 2 as b, 3 as a from generate_series(1, ${params.n}::int)`;",
        transaction: "return context.transaction((one) => one.sql`select 1, 2`);",
        fine: 'return context.sql`select 1 as a, 2 as "A"`;',
      },
      { engine },
    );
    for (const [path, name] of [
      ["it", "a"],
      ["transaction", "?column?"],
    ] as const) {
      lines.length = 0;
      expect(await call(path)).toMatchObject({ status: 500, body: { error: { code: "internal" } } });
      expect(JSON.stringify(lines)).toContain(`two columns named \`${name}\``);
    }
    expect((await call("fine")).body).toEqual({ data: [{ a: 1, A: 2 }] });
  },
);
