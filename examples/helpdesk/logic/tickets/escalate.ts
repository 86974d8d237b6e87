/*---
access: [agent]
params:
  ticket_id: { type: uuid }
  reason: { type: text }
---*/
import type { Context } from "santokit/logic";

type Ticket = { organisation_id: string; status: string; priority: string; escalated_at: string | null };

/** Makes a ticket urgent, tells the other agents why, and records it in the analytics database. */
export default async function escalate(params: { ticket_id: string; reason: string }, context: Context) {
  const ticket = await context.transaction(async (transaction) => {
    const [found] = await transaction.sql<Ticket>`
      select organisation_id, status, priority, escalated_at
      from tickets where id = ${params.ticket_id} for update`;
    if (found === undefined) throw context.fail("ticket_not_found", "There is no such ticket.");
    if (found.status === "solved" || found.status === "closed")
      throw context.fail("ticket_done", `The ticket is ${found.status}; reopen it first.`);
    if (found.escalated_at !== null)
      throw context.fail("already_escalated", `The ticket was escalated at ${found.escalated_at}.`);
    await transaction.sql`
      update tickets set priority = 'urgent', escalated_at = now(), updated_at = now()
      where id = ${params.ticket_id}`;
    await transaction.sql`
      insert into comments (ticket_id, organisation_id, author_id, body, internal)
      values (${params.ticket_id}, ${found.organisation_id}, ${context.user.id}, ${params.reason}, true)`;
    return found;
  });

  // Another database: it is not part of the transaction, so it is told once that is done.
  const event = await context.call("events/record", {
    kind: "ticket.escalated",
    organisation_id: ticket.organisation_id,
    ticket_id: params.ticket_id,
    payload: { reason: params.reason, from: ticket.priority },
  });
  return { ticket_id: params.ticket_id, priority: "urgent", previous: ticket.priority, event };
}
