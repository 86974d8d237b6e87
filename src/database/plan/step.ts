/** The table-level lock modes of Postgres (PostgreSQL documentation, 13.3.1), the weakest first. */
export const lockModes = [
  "AccessShareLock",
  "RowShareLock",
  "RowExclusiveLock",
  "ShareUpdateExclusiveLock",
  "ShareLock",
  "ShareRowExclusiveLock",
  "ExclusiveLock",
  "AccessExclusiveLock",
] as const;
export type LockMode = (typeof lockModes)[number];

/** A query that must find nothing once the table is locked, since the statement after it would lose what it finds. */
export type Guard = { table: string; rows: string };

/** What a step does to one table that was there before it, as it was measured. */
export type Touched = {
  table: string;
  lock: LockMode;
  /** Whether every row of it, or of its indexes, is written again. */
  rewrites: boolean;
  /** Whether every row of it is read. */
  scans: boolean;
  /** About how many rows it has, and how many bytes; null where nobody knows. */
  rows: number | null;
  bytes: number | null;
};

/** The column that a step fills where it is null, and about how many rows at a time. */
export type Batch = {
  table: string;
  column: string;
  rows: number;
  pauseMs: number;
  /** Whether the table is gone through once only, since others may go on to add rows with null. */
  once?: true;
};

/** One statement of a plan. */
export type Step = {
  sql: string;
  description: string;
  /** What it is about: `tasks`, `tasks.title`, `slugify(text)`. */
  object: string;
  /** The table that it is about, as it is named when the step begins. */
  table?: string;
  /** Steps of one number are committed together, in their order. */
  transaction: number;
  /** Cannot be in a transaction block, and waits for locks as long as it must: others do not queue behind it. */
  alone?: true;
  /** Is run over the table part by part, about so many rows in each, every time in a transaction of its own. */
  batch?: Batch;
  /** What is tried on a copy in its place, since that has nothing of what is about a partition alone; empty for nothing. */
  trial?: string;
  /** The tables that it locks, reads or writes; filled by the rehearsal. */
  touches: Touched[];
  /** What it costs those who use the table meanwhile. */
  hazard?: string;
  /** Why it is safe to run while the application does. */
  safe?: string;
  /** There where the step takes data away, as is declared: how many rows, null where they could not be counted. */
  destroys?: { rows: number | null };
  guard?: Guard;
};
