import { printableLine } from "../../core/printable.ts";
import type { Plan } from "../../database/plan/plan.ts";
import type { PlacedPlan } from "./place.ts";

/** A plan as Markdown, for a comment on a pull request. */
export function planMarkdown({
  connection,
  place: { database, environment },
  steps,
  blocked,
  notices,
  warnings,
}: PlacedPlan): string[] {
  const nothing = steps.length + blocked.length === 0;
  return [
    `### Schema of \`${connection}\``,
    "",
    `In ${span(database)}${environment === undefined ? "" : `, the environment ${span(environment)}`}.`,
    "",
    nothing ? "The database is what is declared." : summaryOf(steps, blocked),
    ...blocked.flatMap(({ code, object, message, wayOut, sql }) => [
      "",
      `> **Blocked** \`${code}\` on ${span(object)}: ${inline(message)}`,
      ">",
      `> ${inline(wayOut)}`,
      ...(sql === undefined ? [] : [">", ...block([sql]).map((line) => `> ${line}`)]),
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
      : ["", "<details><summary>SQL</summary>", "", ...block(steps.map(({ sql }) => sql)), "", "</details>"]),
    ...(warnings.length === 0
      ? []
      : [
          "",
          "For the release that runs:",
          "",
          ...warnings.map(({ kind, message }) => `- ⚠️ \`${kind}\` ${inline(message)}`),
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

/** A fence that nothing in the text closes (CommonMark, 4.5 and 6.1). */
const fence = (text: string, least: number): string =>
  "`".repeat(Math.max(least, ...(text.match(/`+/g) ?? []).map(({ length }) => length + 1)));

function block(statements: readonly string[]): string[] {
  const text = statements.map((sql) => `${sql};`).join("\n");
  const ticks = fence(text, 3);
  return [`${ticks}sql`, ...text.split("\n"), ticks];
}

const span = (text: string): string => {
  const ticks = fence(text, 1);
  const padding = ticks.length > 1 ? " " : "";
  return `${ticks}${padding}${printableLine(text)}${padding}${ticks}`;
};

/** Names of a database are anybody's words: they are to make no markup, no link and no HTML. */
const inline = (text: string): string => printableLine(text).replaceAll(/[`*[\]<]/g, "\\$&");
const cell = (text: string): string => inline(text).replaceAll("|", "\\|");
