import { z } from "zod";

const digest = z.templateLiteral(["sha256:", z.string().regex(/^[0-9a-f]{64}$/)]);

/** A step of a plan, as far as an approval is about it. What was measured of it is beside. */
const step = z.looseObject({ sql: z.string(), description: z.string(), object: z.string() });

/** What `stk schema plan --out` writes, to be read by people, approved, and given to `stk schema apply --plan`. */
export const planFile = z
  .strictObject({
    formatVersion: z.literal(1),
    santokit: z.string(),
    plans: z.array(
      z.looseObject({
        connection: z.string(),
        live: digest.meta({ description: "The fingerprint of the database that it was made for." }),
        desired: digest.meta({ description: "The fingerprint of what is declared." }),
        steps: z.array(step),
        blocked: z.array(z.looseObject({ code: z.string(), object: z.string(), message: z.string() })),
      }),
    ),
  })
  .meta({ title: "plan.json", description: "Plans, one for each connection." });
export type PlanFile = z.infer<typeof planFile>;
