import { describe, expect, it } from "vitest";
import { transactionControl } from "../../../runtime/logic/transaction-control.ts";
import { serveModules } from "./serve-modules.ts";

const insert = (id: number) => `transaction.sql\`insert into notes values (${id}, 'ada', 'x')\``;
const statements = [
  "begin",
  "start transaction",
  "/* a /* b */ */ -- c\\n ;begin",
  "COMMIT",
  "end",
  "rollback",
  "abort",
];

describe.each(["server", "embedded"] as const)(
  "a module that begins or ends a transaction by itself (%s)",
  (engine) => {
    it("is refused, and what others are told to be written is there", async () => {
      const { call, sql, lines } = await serveModules(
        {
          open: statements
            .map((text) => `if (params.n === ${statements.indexOf(text)}) return context.sql\`${text}\`;`)
            .join("\n"),
          write: "await context.sql`insert into notes values (${params.n}, 'ada', 'x')`; return 1;",
          broken: "return context.sql`select 1 / 0`;",
        },
        { engine },
      );
      for (const [n] of statements.entries()) {
        expect((await call("open", { n })).body.error?.code).toBe("internal");
        expect((await call("write", { n: 100 + n })).body.data).toBe(1);
      }
      await call("broken");
      expect(await sql("select count(*)::integer as n from notes where id >= 100")).toEqual([
        { n: statements.length },
      ]);
      expect(JSON.stringify(lines)).toContain(
        "`begin` cannot be sent: context.transaction() begins a transaction",
      );
    });

    it("does not end the one that it is in", async () => {
      const { call, sql } = await serveModules(
        {
          it: `return context.transaction(async (transaction) => {
          await ${insert(50)};
          await transaction.sql\`commit\`.catch(() => undefined);
          await ${insert(51)};
          throw context.fail("no", "No.");
        });`,
        },
        { engine },
      );
      expect((await call("it")).body.error?.code).toBe("logic_failed");
      expect(await sql("select id from notes where id >= 50")).toEqual([]);
    });

    it("is told which statement of a transaction failed first", async () => {
      const { call, lines } = await serveModules(
        {
          next: `return context.transaction(async (transaction) => {
          await transaction.sql\`select 1 / 0\`.catch(() => undefined);
          await transaction.sql\`select 2\`;
        });`,
          last: `return context.transaction(async (transaction) => {
          await transaction.sql\`select 1 / 0\`.catch(() => undefined);
        });`,
        },
        { engine },
      );
      for (const path of ["next", "last"]) {
        expect((await call(path)).body.error?.code).toBe("internal");
        expect(JSON.stringify(lines.filter((line) => line.path === path))).toContain("division by zero");
      }
    });

    it("may set a savepoint, and go back to it", async () => {
      const { call, sql } = await serveModules(
        {
          it: `return context.transaction(async (transaction) => {
          await transaction.sql\`savepoint own\`;
          await ${insert(60)};
          await transaction.sql\`rollback to savepoint own\`;
          await transaction.sql\`release own\`;
          await ${insert(61)};
        });`,
        },
        { engine },
      );
      expect((await call("it")).body.error).toBeUndefined();
      expect(await sql("select id from notes where id >= 60")).toEqual([{ id: 61 }]);
    });

    it("leaves no setting to other calls", async () => {
      const { call } = await serveModules(
        {
          leave:
            "await context.sql`select set_config('search_path', 'nowhere', false)`; await context.sql`set timezone to 'Asia/Tokyo'`; return 1;",
          role: "await context.sql`set role none`; await context.sql`create temporary table notes (id int)`; return 1;",
          look: "return context.sql`select current_setting('timezone') as zone, (select count(*)::int from notes) as n`;",
        },
        { engine },
      );
      for (const path of ["leave", "role"]) {
        expect((await call(path)).body.data).toBe(1);
        expect((await call("look")).body.data).toEqual([{ zone: "UTC", n: 3 }]);
      }
    });
  },
);

it.each([
  ["begin", "begin"],
  ["  (begin)", undefined],
  ["beginning", undefined],
  ["ROLLBACK AND CHAIN", "rollback"],
  ["rollback work to a", undefined],
  ["prepare transaction 'a'", "prepare"],
  ["prepare /* a */ transaction 'a'", "prepare"],
  ["commit/**/and chain", "commit"],
  ["prepare a as select 1", undefined],
  ["--", undefined],
  ["/*", undefined],
])("of %j the word is %j", (text, word) => expect(transactionControl(text)).toBe(word));
