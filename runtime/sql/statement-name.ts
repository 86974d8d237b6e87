import { createHash } from "node:crypto";

/** The name under which a session keeps a statement prepared: the same text has the same name. */
export const statementName = (text: string): string =>
  `stk_${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
