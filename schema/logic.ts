import { z } from "zod";
import { connectionName, roleName, variableName } from "./names.ts";
import { scalar } from "./predicate.ts";
import { duration } from "./quantities.ts";

const defaultForm = `a default of a list is Postgres' text, such as '{a,b}', and one of json is JSON as a text, such as '{"x":[1]}'`;

/** One parameter of a custom call. */
export const parameterDeclaration = z.strictObject({
  type: z
    .string()
    .min(1)
    .meta({ description: "A Postgres type, an enum of the connection, or an array of one: text[]." }),
  default: z.union(scalar.options, { error: defaultForm }).optional().meta({
    description:
      "Taken when the caller leaves it out. Without it the parameter is required. A list and JSON are a text.",
  }),
  nullable: z.boolean().optional().meta({ description: "Whether null is a value. false without it." }),
});
export type ParameterDeclaration = z.infer<typeof parameterDeclaration>;

/** Who may call: `public`, `authenticated`, `private` (only other logic) or a list of roles. */
export const access = z.union([z.enum(["public", "authenticated", "private"]), z.array(roleName).min(1)]);

/** What of a result is given: all rows, the first or null, the only value of it or null, or nothing. */
export const returns = z.enum(["rows", "row", "value", "none"]);

const shared = {
  access,
  params: z.record(z.string().regex(/^[a-z_][a-zA-Z0-9_]{0,62}$/), parameterDeclaration).optional(),
  connection: connectionName.optional(),
};

/** The front matter of `logic/**\/*.sql`. */
export const sqlFrontMatter = z
  .strictObject({
    ...shared,
    returns: returns.optional(),
    readOnly: z.boolean().optional().meta({
      description: "Whether Postgres refuses its writes, so that it is sent again where its answer was lost.",
    }),
    cache: duration
      .optional()
      .meta({ description: "How long an answer to the same values may be given again." }),
  })
  .meta({ title: "logic/**/*.sql", description: "The front matter of SQL logic." });
export type SqlFrontMatter = z.infer<typeof sqlFrontMatter>;

/** The front matter of `logic/**\/*.ts` and `.js`, in a comment that begins with `/*---`. */
export const moduleFrontMatter = z
  .strictObject({
    ...shared,
    env: z
      .array(variableName)
      .optional()
      .meta({ description: "Variables that the module reads as context.env.NAME." }),
  })
  .meta({ title: "logic/**/*.ts", description: "The front matter of TypeScript logic." });
export type ModuleFrontMatter = z.infer<typeof moduleFrontMatter>;
