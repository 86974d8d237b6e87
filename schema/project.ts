import { z } from "zod";

/** `stk.yaml`: what the project is called, and what its image is made of. */
export const projectFile = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "a project is lower-case letters, digits and -")
      .meta({ description: "The project's name." }),
    image: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "The repository of the project's image, without a tag: ghcr.io/acme/helpdesk." }),
    base: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "The Bridge base image. Without it stk makes its own, the built-in base." }),
    platforms: z
      .array(z.enum(["linux/amd64", "linux/arm64"]))
      .min(1)
      .optional()
      .meta({ description: "The platforms of the image. Without it: all that the base has." }),
    source: z.url().optional().meta({ description: "Where the source lives, for the image's label." }),
  })
  .meta({ title: "stk.yaml", description: "A Santokit project." });

export type ProjectFile = z.infer<typeof projectFile>;
