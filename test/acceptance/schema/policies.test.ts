import { randomBytes } from "node:crypto";
import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

/** Roles are the server's, which is shared: nobody else has these. */
const missing = `missing_${randomBytes(6).toString("hex")}`;
const other = `missing_${randomBytes(6).toString("hex")}`;

const columns =
  "id: { type: int, primaryKey: true }, owner: { type: text }, team: { type: int }, done: { type: boolean }";
const tasks = (policies: string, more = ""): string =>
  `tables: { tasks: { columns: { ${columns} }, rowSecurity: { policies: { ${policies} } } } }\n${more}`;
const rows = "insert into tasks values (1, 'ann', 1, false), (2, 'bob', null, true)";
const approved = "approved: { tasks: [policy_weakened] }";
const role = (name: string): string =>
  `do $$ begin create role "${name}" nologin; exception when duplicate_object or unique_violation then null; end $$;`;

const mine = "mine: { using: owner = current_user }";
const changes = (name: string): string =>
  `policy_weakened tasks: The policy ${name} of tasks changes, and it cannot be shown to let nobody reach more than before.`;
const isNew = (name: string): string =>
  `policy_weakened tasks: The policy ${name} of tasks is new, and lets somebody reach more than before.`;
const loosens = (name: string): string =>
  `policy_weakened tasks: The restrictive policy ${name} of tasks changes, and it cannot be shown to keep back as much as before.`;

await runCases(
  [
    {
      name: "creates a policy of every command with a new table",
      new: tasks(`all: { using: owner = current_user, check: "not done" }, see: { for: select, using: "true" },
        add: { for: insert, check: team > 0 }, edit: { for: update, using: team > 0, check: owner = current_user },
        take: { for: delete, using: done }, narrow: { as: restrictive, using: id > 0 }`),
      steps: [
        "Create the table tasks",
        "Create the policy all of tasks",
        "Create the policy see of tasks",
        "Create the policy add of tasks",
        "Create the policy edit of tasks",
        "Create the policy take of tasks",
        "Create the policy narrow of tasks",
        "Enable row security of tasks",
      ],
    },
    {
      name: "keeps a policy that is the same in other words, which Postgres spells in one way",
      old: tasks('mine: { using: "owner = current_user AND team in (1, 2)" }'),
      seed: rows,
      new: tasks(
        'mine: { for: all, as: permissive, to: [public], using: "(owner=CURRENT_USER) and ((team = any (array[1,2])))" }',
      ),
      steps: [],
    },
    {
      name: "creates a policy for roles",
      seed: `${role("app_reader")} ${role("app_Writer")}`,
      new: tasks("mine: { to: [app_reader, app_Writer], using: owner = current_user }"),
    },
    {
      name: "keeps a policy whose roles are declared in another order",
      old: tasks("mine: { using: done }"),
      seed: `${role("app_reader")} ${role("app_Writer")} alter policy mine on tasks to app_reader, "app_Writer"`,
      new: tasks("mine: { to: [app_reader, app_Writer], using: done }"),
      steps: [],
    },
    {
      name: "creates a policy for a predefined role",
      new: tasks("all: { to: [pg_monitor], using: 'true' }"),
    },
    {
      name: "creates no policy for a role that the server lacks",
      old: tasks(mine),
      new: tasks(`${mine}, theirs: { as: restrictive, to: [${missing}], using: done }`),
      blocked: [
        `missing_role tasks.theirs: The policy theirs of tasks is for ${missing}, and the server lacks that role.`,
      ],
      wayOut:
        "Make the role, such as by create role NAME nologin: roles are the server's, and stk makes none.",
    },
    {
      name: "alters no policy to roles that the server lacks, and counts them",
      old: tasks("mine: { using: done }"),
      new: tasks(`mine: { to: [app_reader, ${missing}, ${other}], using: done }`),
      blocked: [
        `missing_role tasks.mine: The policy mine of tasks is for app_reader, ${[missing, other].toSorted().join(", ")}, and the server lacks 2 of these roles.`,
      ],
      seed: role("app_reader"),
    },
    {
      name: "creates no table whose policy is for a role that the server lacks",
      new: tasks(`mine: { to: [${missing}], using: done }`),
      blocked: [
        `missing_role tasks.mine: The policy mine of tasks is for ${missing}, and the server lacks that role.`,
      ],
    },
    {
      name: "creates a policy that asks another table, which is declared after it",
      new: `tables:
  tasks: { columns: { ${columns} }, rowSecurity: { policies: { team: { using: "exists (select 1 from members m where m.team = tasks.team and m.name = current_user)" } } } }
  members: { columns: { team: { type: int }, name: { type: text } } }`,
      steps: [
        "Create the table tasks",
        "Create the table members",
        "Create the policy team of tasks",
        "Enable row security of tasks",
      ],
    },
    {
      name: "keeps a policy that asks another table",
      old: `tables:
  tasks: { columns: { ${columns} }, rowSecurity: { policies: { team: { using: "team in (select team from members where name = current_user)" } } } }
  members: { columns: { team: { type: int }, name: { type: text } } }`,
      new: `tables:
  members: { columns: { team: { type: int }, name: { type: text } } }
  tasks: { columns: { ${columns} }, rowSecurity: { policies: { team: { using: "team in ( select team from members where name = current_user )" } } } }`,
      steps: [],
    },
    {
      name: "names a policy with words, spaces and quotes",
      new: tasks(`'Only "mine", please': { using: owner = current_user }`),
    },
    {
      name: "drops a permissive policy that is not declared, since that lets nobody in",
      old: tasks(`${mine}, done: { using: done }`),
      seed: rows,
      new: tasks(mine),
      steps: ["Drop the policy done of tasks"],
      sql: ['drop policy "done" on "tasks"'],
    },
    {
      name: "drops a policy that was made by hand",
      old: tasks(mine),
      seed: `${rows}; create policy hand on tasks as permissive for select using (true)`,
      new: tasks(mine),
      steps: ["Drop the policy hand of tasks"],
    },
    {
      name: "adds no permissive policy to a table that guards its rows",
      old: tasks(mine),
      seed: rows,
      new: tasks(`${mine}, done: { using: done }`),
      blocked: [isNew("done")],
      wayOut: "Where that is meant, approve it: approved: { tasks: [policy_weakened] }",
    },
    {
      name: "adds a permissive policy where that is approved",
      old: tasks(mine),
      seed: rows,
      new: tasks(`${mine}, done: { using: done }`, approved),
      steps: ["Create the policy done of tasks"],
    },
    {
      name: "adds a permissive policy that lets through no more than another",
      old: tasks(mine),
      new: tasks(`${mine}, mine_done: { for: select, using: owner = current_user and done }`),
      steps: ["Create the policy mine_done of tasks"],
    },
    {
      name: "adds a restrictive policy",
      old: tasks(mine),
      seed: rows,
      new: tasks(`${mine}, not_done: { as: restrictive, using: not done }`),
      steps: ["Create the policy not_done of tasks"],
      sql: ['create policy "not_done" on "tasks" as restrictive for all to public using ((NOT done))'],
    },
    {
      name: "takes away no restrictive policy",
      old: tasks(`${mine}, not_done: { as: restrictive, using: not done }`),
      seed: rows,
      new: tasks(mine),
      blocked: ["policy_weakened tasks: The restrictive policy not_done of tasks is no longer declared."],
    },
    {
      name: "takes a restrictive policy away where that is approved",
      old: tasks(`${mine}, not_done: { as: restrictive, using: not done }`),
      seed: rows,
      new: tasks(mine, approved),
      steps: ["Drop the policy not_done of tasks"],
    },
    {
      name: "takes a restrictive policy away where another keeps back as much",
      old: tasks(`${mine}, not_done: { as: restrictive, using: not done }`),
      new: tasks(`${mine}, strict: { as: restrictive, using: not done and team > 0 }`),
      steps: ["Drop the policy not_done of tasks", "Create the policy strict of tasks"],
    },
    {
      name: "renames a policy, which lets through what it did",
      old: tasks(mine),
      seed: rows,
      new: tasks("own: { using: owner = current_user }"),
      steps: ["Drop the policy mine of tasks", "Create the policy own of tasks"],
    },
    {
      name: "asks for more before it lets a row through, in place",
      old: tasks(mine),
      seed: rows,
      new: tasks("mine: { using: owner = current_user and not done and lower(owner) <> 'a and b' }"),
      steps: ["Change the policy mine of tasks"],
      sql: [
        `alter policy "mine" on "tasks" to public using (((owner = CURRENT_USER) AND (NOT done) AND (lower(owner) <> 'a and b'::text)))`,
      ],
    },
    {
      name: "asks for no less than before",
      old: tasks("mine: { using: owner = current_user and not done }"),
      seed: rows,
      new: tasks(mine),
      blocked: [changes("mine")],
    },
    {
      name: "asks for less where that is approved",
      old: tasks("mine: { using: owner = current_user and not done }"),
      seed: rows,
      new: tasks(mine, approved),
      steps: ["Change the policy mine of tasks"],
    },
    {
      name: "takes an OR for no narrower condition",
      old: tasks("mine: { using: owner = current_user }"),
      new: tasks("mine: { using: owner = current_user or done and team = 1 }"),
      blocked: [changes("mine")],
    },
    {
      name: "takes an AND inside of a text for no condition",
      old: tasks(`mine: { using: "owner = 'x) AND (done'" }`),
      new: tasks(`mine: { using: "owner = 'x' and done" }`),
      blocked: [changes("mine")],
    },
    {
      name: "takes a condition that never holds for the narrowest",
      old: tasks(mine),
      new: tasks('mine: { using: "false" }'),
      steps: ["Change the policy mine of tasks"],
    },
    {
      name: "checks new rows by more than before",
      old: tasks(mine),
      new: tasks("mine: { using: owner = current_user, check: owner = current_user and not done }"),
      steps: ["Change the policy mine of tasks"],
    },
    {
      name: "checks new rows by no less than before",
      old: tasks("mine: { using: owner = current_user, check: owner = current_user and not done }"),
      new: tasks("mine: { using: owner = current_user, check: owner = current_user }"),
      blocked: [changes("mine")],
    },
    {
      name: "takes the check of new rows away where that is approved, by another policy of the name",
      old: tasks("mine: { using: owner = current_user, check: owner = current_user and not done }"),
      seed: rows,
      new: tasks(mine, approved),
      steps: ["Drop the policy mine of tasks, to make it again", "Create the policy mine of tasks again"].map(
        (step) =>
          step.replace("Create the policy mine of tasks again", "Make the policy mine of tasks again"),
      ),
    },
    {
      name: "lets fewer roles in",
      old: tasks("mine: { using: done }"),
      seed: `${role("app_reader")} ${role("app_writer")}`,
      new: tasks("mine: { to: [app_reader, app_writer], using: done }"),
      steps: ["Change the policy mine of tasks"],
      sql: ['alter policy "mine" on "tasks" to "app_reader", "app_writer" using (done)'],
    },
    {
      name: "lets no further role in",
      old: tasks("mine: { using: done }"),
      seed: `${role("app_reader")} ${role("app_writer")} alter policy mine on tasks to app_reader`,
      new: tasks("mine: { to: [app_reader, app_writer], using: done }"),
      blocked: [changes("mine")],
    },
    {
      name: "lets not everybody in who was not",
      old: tasks("mine: { using: done }"),
      seed: `${role("app_reader")} alter policy mine on tasks to app_reader`,
      new: tasks("mine: { using: done }"),
      blocked: [changes("mine")],
    },
    {
      name: "keeps nothing back from fewer roles",
      old: tasks(`${mine}, strict: { as: restrictive, using: done }`),
      seed: role("app_reader"),
      new: tasks(`${mine}, strict: { as: restrictive, to: [app_reader], using: done }`),
      blocked: [loosens("strict")],
    },
    {
      name: "keeps back more by a restrictive policy",
      old: tasks(`${mine}, strict: { as: restrictive, for: select, using: done }`),
      new: tasks(`${mine}, strict: { as: restrictive, using: done and team > 1 }`),
      steps: ["Drop the policy strict of tasks, to make it again", "Make the policy strict of tasks again"],
    },
    {
      name: "keeps back no less by a restrictive policy of fewer commands",
      old: tasks(`${mine}, strict: { as: restrictive, using: done }`),
      new: tasks(`${mine}, strict: { as: restrictive, for: select, using: done }`),
      blocked: [loosens("strict")],
    },
    {
      name: "lets fewer commands through, by another policy of the name",
      old: tasks("mine: { using: done }"),
      seed: rows,
      new: tasks("mine: { for: select, using: done }"),
      steps: ["Drop the policy mine of tasks, to make it again", "Make the policy mine of tasks again"],
    },
    {
      name: "lets no further command through",
      old: tasks("mine: { for: select, using: done }"),
      new: tasks("mine: { using: done }"),
      blocked: [changes("mine")],
    },
    {
      name: "makes a permissive policy restrictive, and not the other way round",
      old: tasks(`${mine}, done: { using: done }`),
      new: tasks(`${mine}, done: { as: restrictive, using: done }`),
      steps: ["Drop the policy done of tasks, to make it again", "Make the policy done of tasks again"],
    },
    {
      name: "makes no restrictive policy permissive",
      old: tasks(`${mine}, done: { as: restrictive, using: done }`),
      new: tasks(`${mine}, done: { using: done }`),
      blocked: [changes("done"), loosens("done")],
    },
    {
      name: "changes policies freely while row security is not enabled",
      old: `tables: { tasks: { columns: { ${columns} }, rowSecurity: { enabled: false, policies: { mine: { using: done } } } } }`,
      seed: rows,
      new: tasks("mine: { using: 'true' }, more: { using: 'true' }"),
      steps: [
        "Change the policy mine of tasks",
        "Create the policy more of tasks",
        "Enable row security of tasks",
      ],
    },
    {
      name: "makes a policy again that reads a column whose type changes",
      old: tasks("mine: { using: team > 1 }"),
      seed: rows,
      new: tasks("mine: { using: team > 1 }").replace("team: { type: int }", "team: { type: bigint }"),
      steps: [
        "Drop the policy mine of tasks, to make it again",
        "Change the type of tasks.team from integer to bigint",
        "Make the policy mine of tasks again",
      ],
    },
    {
      name: "keeps a policy whose column and table are renamed",
      old: tasks(mine),
      seed: rows,
      new: tasks("mine: { using: holder = current_user }")
        .replace("owner: { type: text }", "holder: { type: text, renamedFrom: owner }")
        .replace("tasks: {", "jobs: { renamedFrom: tasks,"),
      steps: [
        "Rename the constraint tasks_pkey of tasks to jobs_pkey",
        "Rename the column tasks.owner to holder",
        "Rename the table tasks to jobs",
      ],
      rows: { "select holder from jobs order by id": [{ holder: "ann" }, { holder: "bob" }] },
    },
    {
      name: "drops a column with the policy that reads it",
      old: tasks(`${mine}, done: { using: done }`),
      seed: rows,
      new: `${tasks(mine).replace(", done: { type: boolean }", "")}\nremoved: { columns: { tasks: [done] } }`,
      steps: ["Drop the policy done of tasks", "Drop the column tasks.done"],
      destroys: { "Drop the column tasks.done": 2 },
      rows: { "select id from tasks order by id": [{ id: 1 }, { id: 2 }] },
    },
    {
      name: "drops a table with its policies",
      old: tasks(mine),
      seed: rows,
      new: "removed: { tables: [tasks] }",
      steps: ["Drop the table tasks"],
      destroys: { "Drop the table tasks": 2 },
      rows: {},
    },
    {
      name: "says what is wrong for each policy of a table",
      old: tasks(`a: { using: done }, b: { as: restrictive, using: done }`),
      new: tasks(`a: { using: "true" }, c: { using: done or team = 1 }`),
      blocked: [
        changes("a"),
        isNew("c"),
        "policy_weakened tasks: The restrictive policy b of tasks is no longer declared.",
      ],
    },
  ],
  freshDatabase,
);
