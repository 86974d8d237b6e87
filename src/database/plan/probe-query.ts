/** A query for the rows that a change would fail on or harm, and what to say when there are any. */
export type Probe = {
  code: string;
  object: string;
  rows: string;
  message(count: number): string;
  wayOut: string;
};
