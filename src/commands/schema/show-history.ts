import type { Output } from "../../core/command.ts";
import type { AppliedPlan, AppliedStep } from "../../database/history/history.ts";

type Line = Pick<Output, "line">;

/** Shows the applies of a connection to a person, one on each line. */
export function showApplies(connection: string, applies: readonly AppliedPlan[], { line }: Line): void {
  if (applies.length === 0) {
    line(`${connection}: nothing was applied yet`);
    return;
  }
  line(connection);
  const rows = applies.map(cellsOf);
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  for (const row of rows)
    line(`  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}`.trimEnd());
}

/** Shows one apply with its steps. */
export function showApply(
  connection: string,
  apply: AppliedPlan,
  steps: readonly AppliedStep[],
  { line }: Line,
): void {
  line(`${connection}: ${cellsOf(apply).filter(Boolean).join("  ")}`);
  for (const { number, description, sql, isDone, durationMs } of steps) {
    line();
    const spent = isDone && durationMs !== undefined ? durationText(durationMs) : endingOf(apply);
    line(`  ${number}. ${description} (${spent})`);
    for (const part of `${sql};`.split("\n")) line(`     ${part}`);
  }
}

const endingOf = ({ outcome }: AppliedPlan): string => (outcome === "running" ? "running" : "not finished");

const cellsOf = ({ number, startedAt, outcome, by, version, revision, steps }: AppliedPlan): string[] => [
  String(number),
  startedAt,
  outcome,
  `${steps.done} of ${steps.all} ${steps.all === 1 ? "step" : "steps"}`,
  by,
  `stk ${version}`,
  revision ?? "",
];

/** `340 ms`, `1.2 s`, `3 min 5 s`. */
function durationText(milliseconds: number): string {
  if (milliseconds < 1_000) return `${milliseconds} ms`;
  const seconds = milliseconds / 1_000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}
