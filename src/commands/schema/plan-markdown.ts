import type { Plan } from "../../database/plan/plan.ts";

/** A plan as Markdown, for a comment on a pull request. */
export function planMarkdown({ connection, steps, blocked, notices }: Plan): string[] {
  const nothing = steps.length + blocked.length === 0;
  return [
    `### Schema of \`${connection}\``,
    "",
    nothing ? "The database is what is declared." : summaryOf(steps, blocked),
    ...blocked.flatMap(({ code, object, message, wayOut, sql }) => [
      "",
      `> **Blocked** \`${code}\` on \`${object}\`: ${inline(message)}`,
      ">",
      `> ${inline(wayOut)}`,
      ...(sql === undefined
        ? []
        : [">", "> ```sql", ...`${sql};`.split("\n").map((line) => `> ${line}`), "> ```"]),
    ]),
    ...(steps.length === 0
      ? []
      : [
          "",
          "| # | Step | Transaction | Lock | Rows | Note |",
          "|---|---|---|---|---|---|",
          ...steps.map(row),
        ]),
    ...(steps.length === 0
      ? []
      : [
          "",
          "<details><summary>SQL</summary>",
          "",
          "```sql",
          ...steps.map(({ sql }) => `${sql};`),
          "```",
          "",
          "</details>",
        ]),
    ...(notices.length === 0
      ? []
      : ["", "Left alone:", "", ...notices.map(({ message }) => `- ${inline(message)}`)]),
    "",
  ];
}

function summaryOf(steps: Plan["steps"], blocked: Plan["blocked"]): string {
  const transactions = new Set(steps.map(({ transaction }) => transaction)).size;
  const counted = `${steps.length} ${steps.length === 1 ? "step" : "steps"} in ${transactions} ${transactions === 1 ? "transaction" : "transactions"}`;
  return blocked.length === 0
    ? `${counted}.`
    : `${counted}; **${blocked.length} blocked: nothing can be applied.**`;
}

function row(
  { description, transaction, touches, hazard, safe, alone }: Plan["steps"][number],
  index: number,
): string {
  const locks = touches.map(({ table, lock }) => `${lock.replace(/Lock$/, "")} on ${table}`);
  const rows = touches.flatMap(({ rows: count, rewrites, scans }) =>
    count !== null && (rewrites || scans) ? [count.toLocaleString("en")] : [],
  );
  const note = hazard === undefined ? (safe ?? "") : `⚠️ ${hazard}`;
  const cells = [
    description,
    alone === true ? `${transaction} (alone)` : String(transaction),
    locks.join(", "),
    rows.join(", "),
    note,
  ];
  return `| ${index + 1} | ${cells.map(cell).join(" | ")} |`;
}

const inline = (text: string): string => text.replaceAll("\n", " ");
const cell = (text: string): string => inline(text).replaceAll("|", "\\|").replaceAll("<", "&lt;");
