import { z } from "zod";
import { connectionName, variableReference } from "./names.ts";
import { duration } from "./quantities.ts";

/** One database. The URL is always `${NAME}`. */
export const connectionDeclaration = z.strictObject({
  engine: z.literal("postgres").optional(),
  url: variableReference,
  pool: z
    .int()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: "Connections that one Bridge holds at most." }),
  statementTimeout: duration.optional().meta({ description: "How long one statement may run." }),
  connectTimeout: duration.optional(),
  lifetime: duration.optional().meta({ description: "How long a session is used before it is replaced." }),
  idle: duration.optional().meta({ description: "How long a session that nobody uses is kept." }),
  keepalive: duration
    .optional()
    .meta({ description: "After how long a silence TCP probes whether the other side is there." }),
  optional: z
    .boolean()
    .optional()
    .meta({ description: "Whether the Bridge is ready while this database is away or does not fit." }),
  raises: z
    .array(z.string().regex(/^[0-9A-Z]{2}(?:[0-9A-Z]{3})?$/))
    .min(1)
    .optional()
    .meta({
      description:
        "SQLSTATEs, or classes of two characters, whose message clients are shown as logic_failed: [P0001].",
    }),
});

/** `config/connections.yaml`: the databases by name. */
export const connectionsFile = z
  .record(connectionName, connectionDeclaration)
  .meta({ title: "config/connections.yaml", description: "The databases." });
export type ConnectionsFile = z.infer<typeof connectionsFile>;
