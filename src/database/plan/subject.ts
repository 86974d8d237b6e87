import type { Change } from "../diff/change.ts";

/** What a change is about, as approvals and messages name it. */
export function subjectOf(change: Change): string {
  switch (change.kind) {
    case "createObject":
    case "dropObject":
      return nameOf(change.object);
    case "alterObject":
      return nameOf(change.to);
    case "setComment":
      return change.target;
    default:
      if (!("table" in change)) return change.name;
      return "column" in change ? `${change.table}.${change.column}` : change.table;
  }
}

const nameOf = ({ name, table }: { name: string; table?: string }): string =>
  table === undefined ? name : `${table}.${name}`;
