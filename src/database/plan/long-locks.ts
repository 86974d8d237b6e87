import type { Blocked } from "../diff/change.ts";
import { type LockMode, lockModes, type Step, type Touched } from "./step.ts";

/** What others do while a lock is held. */
export function whoWaits(lock: LockMode): "reads and writes wait" | "writes wait" | "nobody waits" {
  if (lock === "AccessExclusiveLock") return "reads and writes wait";
  return lockModes.indexOf(lock) >= lockModes.indexOf("ShareLock") ? "writes wait" : "nobody waits";
}

/**
 * Steps that read or write a large table under a lock for which others wait, or while one taken before in the same
 * transaction is held. `limitBytes`: how large is large.
 */
export function longLocks(steps: readonly Step[], limitBytes: number): Blocked[] {
  const blocked = new Map<string, Blocked>();
  for (const group of Map.groupBy(steps, ({ transaction }) => transaction).values()) {
    const held = new Map<string, LockMode>();
    for (const { touches, description } of group) {
      for (const { table, lock } of touches) if (whoWaits(lock) !== "nobody waits") held.set(table, lock);
      for (const touched of touches) {
        const lock = held.get(touched.table) ?? [...held.values()][0];
        if (lock === undefined || !isLarge(touched, limitBytes) || blocked.has(touched.table)) continue;
        blocked.set(touched.table, tooLong(touched, lock, description));
      }
    }
  }
  return [...blocked.values()];
}

const isLarge = ({ rewrites, scans, bytes }: Touched, limit: number): boolean =>
  (rewrites || scans) && (bytes ?? 0) > limit;

const tooLong = (
  { table, rewrites, rows, bytes }: Touched,
  lock: LockMode,
  description: string,
): Blocked => ({
  code: "long_lock",
  object: table,
  message: `${description}: ${whoWaits(lock)} while ${rewrites ? "all" : "each"} of ${sizeOf(rows, bytes)} of ${table} ${rewrites ? "is written again" : "is read"}.`,
  wayOut: `Expand and contract: add what is new beside the old, fill it, let the code use it, then remove the old. If they may wait, say so: approved: { ${table}: [long_lock] }`,
});

/** `12 million rows (3.4 GB)`, as far as it is known. */
export function sizeOf(rows: number | null, bytes: number | null): string {
  const size = bytes === null ? "" : inUnits(bytes);
  if (rows === null) return size === "" ? "the rows" : size;
  return `${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"}${size === "" ? "" : ` (${size})`}`;
}

function inUnits(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(bytes) / Math.log(1024)));
  return `${(bytes / 1024 ** power).toLocaleString("en", { maximumFractionDigits: 1 })} ${units[power]}`;
}
