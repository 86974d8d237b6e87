/** Whether a statement can be tried on a stage: rights are of roles, which it does not have. */
export const isRunnable = ({ sql }: { sql: string }): boolean => !/^(?:grant|revoke)\b/i.test(sql);

/** A statement as the embedded Postgres can run it, which has no lz4 to compress with. */
export const embedded = (sql: string): string =>
  sql.replaceAll(/ compression lz4\b/g, " compression default");
