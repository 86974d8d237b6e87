/** Whether a statement can be tried on a stage: rights are of roles, which it does not have. */
export const isRunnable = ({ sql }: { sql: string }): boolean => !/^(?:grant|revoke)\b/i.test(sql);

/**
 * A statement as it can be run on a stage: the embedded Postgres has no lz4 to compress with, and a sequence there does
 * not stand where the live one does.
 */
export const embedded = (sql: string): string =>
  sql.replaceAll(/ compression lz4\b/g, " compression default") + (bounds.test(sql) ? " restart" : "");

const bounds = /^alter (?:sequence [^']*|table [^']* set )(?:no )?(?:minvalue|maxvalue)\b/;
