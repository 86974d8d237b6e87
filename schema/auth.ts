import { z } from "zod";
import { roleName, variableReference } from "./names.ts";
import { duration } from "./quantities.ts";

/** Signature algorithms with a public key. HS* is left out: its key would be a secret shared with the issuer. */
export const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
] as const;

const claimPath = z
  .string()
  .regex(/^[^.\s][^\s]*$/, "a claim is a name, or a path such as realm_access.roles");

/** Somebody who signs tokens. Issuer, audience and algorithms are pinned: what differs is refused. */
export const issuerDeclaration = z.strictObject({
  issuer: z.union([variableReference, z.url()]).meta({ description: "The iss claim, exactly." }),
  jwks: z.union([variableReference, z.url()]).meta({ description: "Where the issuer's public keys are." }),
  audience: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .meta({ description: "The aud claim: one of these must be in it." }),
  algorithms: z
    .array(z.enum(algorithms))
    .min(1)
    .optional()
    .meta({ description: "RS256 and ES256 without it." }),
  claims: z.strictObject({ id: claimPath.optional(), roles: claimPath.optional() }).optional().meta({
    description:
      "Which claims hold the user's id (sub) and roles (roles). A dot leads into a claim; a name that has one is quoted, and a URL is one name.",
  }),
  roles: z.array(roleName).optional().meta({
    description: "The declared roles that this issuer may give. All without it.",
  }),
  clockTolerance: duration.optional(),
});

/** `config/auth.yaml`: whose tokens are believed. */
export const authFile = z
  .strictObject({ issuers: z.array(issuerDeclaration).optional() })
  .meta({ title: "config/auth.yaml", description: "Whose tokens are believed." });
export type AuthFile = z.infer<typeof authFile>;
