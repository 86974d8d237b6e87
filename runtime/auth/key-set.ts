import { createPublicKey } from "node:crypto";
import { createLocalJWKSet, type JWK, type JWTVerifyGetKey } from "jose";
import { z } from "zod";

/** The keys of an issuer at one moment. Two sets of the same keys are never both in use: a set is compared by identity. */
export type KeySet = {
  /** Finds the key of a token; throws jose's `JWKSNoMatchingKey` and `JWKSMultipleMatchingKeys`. */
  readonly find: JWTVerifyGetKey;
  /** Whether a key has this `kid`. */
  has(kid: string): boolean;
  /** The keys, the same text for the same keys in whatever order. */
  readonly text: string;
  readonly size: number;
  /** How many members were left out: of an unknown kind, malformed or secret. */
  readonly leftOut: number;
};

const documentFormat = z.looseObject({ keys: z.array(z.unknown()) });
const keyFormat = z.looseObject({
  kty: z.string(),
  kid: z.string().optional(),
  alg: z.string().optional(),
  use: z.string().optional(),
  key_ops: z.array(z.string()).optional(),
  d: z.undefined().optional(),
});

/**
 * Reads a JSON Web Key Set. A member that is malformed, of an unknown kind or no public key is left out, as RFC 7517, 5
 * asks for.
 *
 * @throws {Error} when the text is no key set at all.
 */
export function readKeySet(text: string): KeySet {
  const document = documentFormat.safeParse(jsonOf(text));
  if (!document.success) throw new Error("The answer is no JSON Web Key Set.");
  const members = document.data.keys;
  const keys = members.filter(isUsable);
  const kids = new Set(keys.map(({ kid }) => kid));
  return {
    find: createLocalJWKSet({ keys }),
    has: (kid) => kids.has(kid),
    text: keys
      .map((key) => JSON.stringify(key))
      .sort()
      .join(),
    size: keys.length,
    leftOut: members.length - keys.length,
  };
}

function isUsable(member: unknown): member is JWK {
  const key = keyFormat.safeParse(member);
  if (!key.success) return false;
  const members: Readonly<Record<string, unknown>> = key.data;
  try {
    createPublicKey({ key: members, format: "jwk" });
    return true;
  } catch {
    return false;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
