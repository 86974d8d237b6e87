import { z } from "zod";

/** A Postgres identifier as declarations may spell it: at most 63 bytes. It is always quoted, so its case is kept. */
export const identifier = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,62}$/,
    "a name is letters, digits and _, at most 63, not starting with a digit",
  )
  .meta({ description: "A Postgres name: letters, digits and _, at most 63 bytes." });

/** The name of a Postgres schema, in which a hyphen may be. */
export const schemaName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/,
    "a schema is letters, digits, _ and -, at most 63, not starting with a digit",
  )
  .meta({ description: "The name of a Postgres schema." });

/** The schema that a name without one is in. */
export const defaultSchema = "public";

/** The name of an object of a schema: `tasks` is in `public`, `audit.events` in `audit`. */
export const qualifiedName = z
  .string()
  .regex(
    /^(?:[A-Za-z_][A-Za-z0-9_-]{0,62}\.)?[A-Za-z_][A-Za-z0-9_]{0,62}$/,
    "write NAME, or SCHEMA.NAME outside of public; a name is letters, digits and _, at most 63",
  )
  .meta({ description: "A name, or SCHEMA.NAME for one outside of public." });

/** A name that is in a database, however it is spelt there: `createdAt`. Postgres keeps 63 bytes of a name. */
export const existingName = z
  .string()
  .min(1)
  .max(63)
  .meta({ description: "A name in the database, as it is spelt there." });

/** Words that a filter uses for itself, so no column may have them as its name. */
export const reservedColumnNames: ReadonlySet<string> = new Set(["and", "or", "not", "exists"]);

/** The name of a column: an {@link identifier} that a filter does not use as an operator. */
export const columnName = identifier.refine((name) => !reservedColumnNames.has(name), {
  message: "and, or, not and exists are words of a filter and cannot name a column",
});

/** Columns of a table, in their order. */
export const columnList = z.array(columnName).min(1);

/** Roles that everybody holds without a token (`public`) or with any valid one (`authenticated`). */
export const builtInRoles = ["public", "authenticated"] as const;

/** The name of a role of the project, as it stands in a token's roles claim. */
export const roleName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.:-]{0,62}$/, "a role is letters, digits and _ . : -, starting with a letter");

/** The name of a connection, a part of every call's path. */
export const connectionName = z
  .string()
  .regex(
    /^[a-z][a-z0-9_-]{0,30}$/,
    "a connection is lower-case letters, digits, _ and -, starting with a letter",
  );

/** The connection that a table, a rule or a statement belongs to when it names none. */
export const defaultConnection = "main";

/** The name of an environment variable. */
export const variableName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/, "a variable is upper-case letters, digits and _");

/** `${NAME}`: a value that the process's environment gives at boot. `message` says what else may stand there. */
export const variableReferenceOr = (message: string) =>
  z
    .string()
    .regex(/^\$\{[A-Z][A-Z0-9_]*\}$/, message)
    .meta({ description: "A value of the environment, as ${NAME}." });

/** `${NAME}` and nothing else: a secret, or what differs by environment. */
export const variableReference = variableReferenceOr(
  "write it as ${NAME}: the value comes from the environment at boot",
).meta({ description: "A value of the environment, as ${NAME}. Never a literal secret." });

/** The variable that `${NAME}` names. */
export const variableOf = (reference: string): string => reference.slice(2, -1);

/** A table in a rule: `tasks`, or `analytics/events` for a connection other than `main`. */
export const tablePath = z
  .string()
  .regex(
    /^(?:[a-z][a-z0-9_-]{0,30}\/)?[A-Za-z_][A-Za-z0-9_]{0,62}$/,
    "write TABLE, or CONNECTION/TABLE; only tables of the schema public have rules",
  );
