import { z } from "zod";
import { existingName } from "./names.ts";

/** An expression of SQL, as written. */
export const expression = z.string().min(1);

/** What is written beside an object in the database. */
export const comment = z.string().min(1).meta({ description: "A comment, kept in the database." });

/** The name that something had before. */
export const renamedFrom = existingName.optional().meta({
  description:
    "The name that this had before. Where the database still has that name, it is renamed and keeps its data.",
});

/** SQL that stands here, or in a file beside this one. */
export const sqlText = {
  sql: expression.optional().meta({ description: "The SQL." }),
  file: z
    .string()
    .regex(/^(?!\/)(?!.*\.\.)[^\0]+\.sql$/, "name a file below this one's folder that ends in .sql")
    .optional()
    .meta({ description: "The file that holds the SQL, by its path from this file's folder." }),
};

/** One of `sql` and `file`. */
export const hasOneSql = ({ sql, file }: { sql?: string | undefined; file?: string | undefined }): boolean =>
  (sql === undefined) !== (file === undefined);
export const oneSql = { message: "write sql: or file:, one of them" };

/** Settings of a table or an index, such as fillfactor. */
export const storageParameters = z
  .record(
    z.string().regex(/^(?:toast\.)?[a-z_]+$/, "a storage parameter is lower-case letters and _"),
    z.union([z.number(), z.boolean(), z.string()]),
  )
  .meta({ description: "Storage parameters, such as fillfactor: 70." });

/** Rules of `stk schema lint` that do not hold here, each with the reason. */
export const lintExceptions = z
  .record(z.string(), z.string().min(1))
  .meta({ description: "Rules of stk schema lint that are switched off here, each with the reason." });
