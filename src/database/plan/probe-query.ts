/** A query for the rows that a change would fail on or harm, and what to say when there are any. */
export type Probe = {
  code: string;
  object: string;
  rows: string;
  message(count: number): string;
  wayOut: string;
  /** What Postgres must be able to compute, whatever the rows are, and what to do where it is not. */
  possible?: { sql: string; wayOut: string };
};
