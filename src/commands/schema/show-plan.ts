import type { Output } from "../../core/command.ts";
import { printableLine } from "../../core/printable.ts";
import { spelling } from "../../database/catalog/queries.ts";
import { sizeOf, whoWaits } from "../../database/plan/long-locks.ts";
import type { Plan } from "../../database/plan/plan.ts";
import type { Step } from "../../database/plan/step.ts";
import { type PlacedPlan, placeInWords } from "./place.ts";

/** Shows a plan to a person: each step with its SQL and what it does to others, what is blocked, what is left alone. */
export function showPlan(
  { connection, place, steps, blocked, notices, warnings }: PlacedPlan,
  { line }: Pick<Output, "line">,
): void {
  line(`${connection}: ${summary(steps, blocked.length)}`);
  line(`  ${placeInWords(place)}`);
  const isOneTransaction = steps.every(({ transaction }) => transaction === 1);
  steps.forEach((step, index) => {
    const { description, sql, hazard, safe, transaction } = step;
    line();
    if (!isOneTransaction && steps[index - 1]?.transaction !== transaction) line(`  ${heading(step)}`);
    line(`  ${index + 1}. ${description}`);
    line(indented(`${sql};`, 5));
    const locks = locksOf(step);
    if (locks !== "") line(`     ${locks}`);
    if (hazard !== undefined) line(`     ! ${hazard}`);
    if (safe !== undefined) line(`     ${safe}`);
  });
  for (const { code, message, wayOut, sql } of blocked) {
    line();
    line(`  blocked: ${printableLine(message)} (${code})`);
    line(`     ${wayOut}`);
    if (sql !== undefined) line(indented(`${sql};`, 5));
  }
  if (warnings.length > 0) {
    line();
    line("  for the release that runs:");
    for (const { kind, message } of warnings) line(`     ! ${printableLine(message)} (${kind})`);
  }
  if (notices.length === 0) return;
  line();
  line("  left alone:");
  for (const { message } of notices) line(`     ${printableLine(message)}`);
}

/** A plan as a script for psql, which does what `apply` does but for its lock, its checks and its record. */
export function planScript({ steps, blocked }: Plan): string[] {
  const groups = [...Map.groupBy(steps, ({ transaction }) => transaction).values()];
  return [
    ...blocked.map(({ message }) => `-- blocked: ${printableLine(message)}`),
    ...groups.flatMap((group) =>
      group.some(({ alone }) => alone)
        ? group.map(({ sql }) => `${sql};`)
        : [
            "begin;",
            `${spelling};`,
            "set local lock_timeout = '1500ms';",
            "set local check_function_bodies = off;",
            ...group.map(({ sql }) => `${sql};`),
            "commit;",
          ],
    ),
  ];
}

const heading = ({ transaction, alone, batch }: Step): string => {
  if (alone === true) return `-- ${transaction}: outside of a transaction`;
  return batch === undefined
    ? `-- ${transaction}: one transaction`
    : `-- ${transaction}: in batches of ${batch.rows} rows`;
};

/** `locks tasks (AccessExclusive: reads and writes wait)`, and what it reads or writes there. */
const locksOf = ({ touches }: Step): string =>
  touches
    .map(({ table, lock, rewrites, scans, rows, bytes }) => {
      const work = rewrites ? "writes" : scans ? "reads" : "";
      const size = work === "" ? "" : `, ${work} ${sizeOf(rows, bytes)}`;
      return `locks ${table} (${lock.replace(/Lock$/, "")}: ${whoWaits(lock)}${size})`;
    })
    .join("; ");

function summary(steps: Plan["steps"], blocked: number): string {
  if (steps.length + blocked === 0) return "the database is what is declared";
  const counted = `${steps.length} ${steps.length === 1 ? "change" : "changes"}`;
  const removals = steps.filter(({ destroys }) => destroys !== undefined).length;
  const removing = removals === 0 ? "" : `, ${removals} of a declared removal`;
  return `${counted}${removing}${blocked === 0 ? "" : `, ${blocked} blocked: nothing can be applied`}`;
}

const indented = (text: string, by: number): string =>
  text
    .split("\n")
    .map((part) => " ".repeat(by) + part)
    .join("\n");
