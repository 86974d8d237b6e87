/** Why the Bridge takes no traffic. */
export type Reason = {
  readonly connection?: string;
  readonly code: "starting" | "draining" | "database_unreachable" | "database_read_only" | "schema_mismatch";
  readonly message: string;
};
