/*---
access: authenticated
params:
  task_id: { type: uuid }
---*/
import type { Context } from "santokit/logic";

type Task = { title: string; status: string };

/** Marks one of the caller's tasks as done, and says how many are left. */
export default async function finish(params: { task_id: string }, context: Context) {
  return context.transaction(async (transaction) => {
    const [task] = await transaction.sql<Task>`
      select title, status from tasks
      where id = ${params.task_id} and owner_id = ${context.user.id} for update`;
    if (task === undefined) throw context.fail("task_not_found", "You have no such task.");
    if (task.status === "done") throw context.fail("task_done", "The task is done already.");
    await transaction.sql`update tasks set status = 'done', finished_at = now() where id = ${params.task_id}`;
    const [open] = await transaction.sql<{ left: number }>`
      select count(*)::integer as left from tasks where owner_id = ${context.user.id} and status = 'open'`;
    return { title: task.title, left: open?.left ?? 0 };
  });
}
