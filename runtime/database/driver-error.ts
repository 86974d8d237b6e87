import pg from "pg";

/** The class of what Postgres reports, as the driver makes it. */
export const DriverError: typeof pg.DatabaseError = pg.DatabaseError;
