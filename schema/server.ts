import { z } from "zod";
import { duration, size } from "./quantities.ts";

/** `config/server.yaml`: what the Bridge puts up with. */
export const serverFile = z
  .strictObject({
    limits: z
      .strictObject({
        body: size.optional().meta({ description: "The largest request body." }),
        depth: z.int().min(1).max(100).optional().meta({ description: "How deep params may nest." }),
        rows: z
          .int()
          .min(1)
          .max(100_000)
          .optional()
          .meta({ description: "Rows that one call may read or write." }),
        time: duration.optional().meta({ description: "How long one call may take." }),
        concurrency: z
          .int()
          .min(1)
          .max(100_000)
          .optional()
          .meta({ description: "Calls at once; more are told to wait." }),
      })
      .optional(),
    cors: z
      .strictObject({
        origins: z.array(z.union([z.literal("*"), z.url()])).min(1),
        maxAge: duration.optional(),
      })
      .optional(),
    lameduck: duration.optional().meta({
      description: "How long everything is still served after SIGTERM, while balancers learn of it.",
    }),
    drain: duration.optional().meta({ description: "How long running calls may go on after that." }),
  })
  .meta({ title: "config/server.yaml", description: "Limits, CORS and timeouts." });
export type ServerFile = z.infer<typeof serverFile>;
