import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

const tasks =
  "tables: { tasks: { columns: { id: { type: int, primaryKey: true }, done: { type: boolean } } } }\n";
const procedure = (sql: string): string => `${tasks}functions: { finish: { sql: "${sql}" } }\n`;
const finish = procedure(
  "create procedure finish(n int) language sql as $$ update tasks set done = true where id = n $$",
);
const role = `do $$ begin create role stk_reader; exception when duplicate_object or unique_violation then null; end $$;`;

await runCases(
  [
    {
      name: "creates a procedure",
      old: tasks,
      seed: "insert into tasks values (1, false)",
      new: finish,
      steps: ["Create the function finish(integer)"],
      rows: { "call finish(1)": [], "select done from tasks": [{ done: true }] },
    },
    {
      name: "replaces a procedure's body in place",
      old: finish,
      new: procedure(
        "create procedure finish(n int) language plpgsql as $$ begin update tasks set done = true; commit; end $$",
      ),
      steps: ["Change the function finish(integer)"],
    },
    {
      name: "makes a procedure again whose argument gets another name, with the rights on it",
      old: finish,
      seed: `${role} revoke execute on procedure finish(int) from public; grant execute on procedure finish(int) to stk_reader`,
      new: procedure(
        "create procedure finish(task int) language sql as $$ update tasks set done = true where id = task $$",
      ),
      rows: {
        "select has_function_privilege('stk_reader', 'finish(int)', 'execute') as may": [{ may: true }],
        "select count(*)::int as n from pg_proc, aclexplode(proacl) a where pronamespace = 'public'::regnamespace and proname = 'finish' and a.grantee = 0":
          [{ n: 0 }],
      },
      more: true,
    },
    {
      name: "a procedure becomes a function",
      old: finish,
      new: procedure("create function finish(n int) returns int language sql as $$ select n $$"),
      sql: [
        "drop procedure finish(integer)",
        "CREATE FUNCTION public.finish(n integer)\n RETURNS integer\n LANGUAGE sql\nAS $function$ select n $function$\n",
      ],
    },
    {
      name: "a function becomes a procedure",
      old: procedure("create function finish(n int) returns int language sql as $$ select n $$"),
      new: finish,
      steps: [
        "Drop the function finish(integer), to make it again",
        "Make the function finish(integer) again",
      ],
    },
    {
      name: "a procedure with results and a body that is parsed at once",
      new: procedure(
        "create procedure finish(inout n int, t text default 'x') begin atomic update tasks set done = true where id = n; select n; end",
      ),
    },
    {
      name: "drops a procedure whose removal is declared",
      old: finish,
      new: `${tasks}removed: { functions: ["finish(integer)"] }`,
      steps: ["Drop the function finish(integer)"],
    },
    {
      name: "only notices a procedure that is not declared",
      old: tasks,
      seed: "create procedure finish() language sql as ''",
      new: tasks,
      steps: [],
      notices: ["finish()"],
      more: true,
    },
  ],
  freshDatabase,
);
