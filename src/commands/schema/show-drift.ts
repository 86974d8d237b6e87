import type { Json } from "../../core/canonical-json.ts";
import type { Output } from "../../core/command.ts";
import { printableLine } from "../../core/printable.ts";
import type { Drift, DriftChange } from "../../database/drift/drift.ts";
import type { ChangedFact } from "../../database/drift/model-changes.ts";
import { type Place, placeInWords } from "./place.ts";

/** Shows to a person what is not as it was left. */
export function showDrift(drift: Drift & { place: Place }, { line }: Pick<Output, "line">): void {
  const { connection, changes, statements, impossible, pending } = drift;
  line(`${connection}: ${summaryOf(drift)}`);
  line(`  ${placeInWords(drift.place)}`);
  line(`  ${sinceWhen(drift)}`);
  if (drift.isApplying) line("  An apply is running at this moment; look again when it is done.");
  if (changes.length > 0) line();
  for (const change of changes) {
    line(printableLine(`  ${headlineOf(change)}`));
    for (const fact of change.facts) line(printableLine(`     ${sentenceOf(fact)}`));
  }
  if (statements.length + impossible.length > 0) {
    line();
    line("  What would undo it; rows that are gone do not come back:");
    for (const { sql } of statements) line(indented(`${sql};`, 5));
    for (const { message } of impossible) line(indented(`-- ${message}`, 5));
  }
  if (pending.length === 0) return;
  line();
  line("  Declared and not applied yet, which is no drift:");
  for (const sentence of pending) line(printableLine(`     ${sentence}`));
}

function summaryOf({ changes, comparedWith }: Drift): string {
  const what = comparedWith === "record" ? "what the last apply left" : "what is declared";
  if (changes.length === 0) return `no drift: the database is ${what}`;
  return `drift: ${changes.length} ${changes.length === 1 ? "difference" : "differences"} from ${what}`;
}

function sinceWhen({ lastApply, comparedWith }: Drift): string {
  if (lastApply === undefined) return "No apply is recorded, so it is compared with the declaration.";
  const { id, at, by, version, revision } = lastApply;
  const said = `The last apply was number ${id} on ${at} by ${by}, with stk ${version}${revision === undefined ? "" : `, of revision ${revision}`}.`;
  return comparedWith === "record"
    ? said
    : `${said} Its record is of another version of stk, so it is compared with the declaration.`;
}

function headlineOf({ change, kind, object, owner }: DriftChange): string {
  const mark = { added: "+", changed: "~", gone: "-" }[change];
  const word = { added: "came", changed: "changed", gone: "is gone" }[change];
  return `${mark} ${kind} ${object} ${word}${owner === undefined ? "" : `; its owner is ${owner}`}`;
}

const sentenceOf = ({ fact, was, is }: ChangedFact): string => `${fact} was ${shown(was)}, is ${shown(is)}`;

const longest = 200;

function shown(value: Json | undefined): string {
  if (value === undefined) return "not set";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const lines = text.split("\n").map((part) => part.trim());
  const whole = lines.join(" ").trim();
  return whole.length > longest ? `${whole.slice(0, longest)}...` : whole;
}

const indented = (text: string, by: number): string =>
  text
    .split("\n")
    .map((part) => " ".repeat(by) + part)
    .join("\n");
