import { z } from "zod";
import { connectionName, variableReference } from "./names.ts";

/** One environment: which variables hold its databases' URLs when `stk schema` runs with `--env`. */
export const environmentDeclaration = z.strictObject({
  connections: z.record(connectionName, variableReference).optional(),
});

/** `config/environments.yaml`: the environments by name. */
export const environmentsFile = z
  .record(
    z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, "an environment is lower-case letters, digits and -"),
    environmentDeclaration,
  )
  .meta({ title: "config/environments.yaml", description: "dev, prod and what differs between them." });
export type EnvironmentsFile = z.infer<typeof environmentsFile>;
