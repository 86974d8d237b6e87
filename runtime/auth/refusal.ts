import { errors } from "jose";
import { CallError } from "../error.ts";

/** A token that is refused. `reason` is for the log: which check failed, never a value of the token. */
export const invalidToken = (message: string, reason: string, cause?: unknown): CallError =>
  new CallError("invalid_token", message, { reason, cause });

/** What a failed verification is answered with; what is not about the token is given back as it is. */
export function refusal(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return invalidToken("The token has expired.", "expired", error);
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim } = error;
    if (claim === "nbf") return invalidToken("The token is not valid yet.", "not valid yet", error);
    return invalidToken(
      `The token's \`${claim}\` is not accepted here.`,
      claimReasons[claim] ?? claim,
      error,
    );
  }
  return error instanceof errors.JOSEError || error instanceof TypeError
    ? invalidToken(
        "The token is not signed by its issuer with an accepted algorithm.",
        signatureReason(error),
        error,
      )
    : error;
}

const claimReasons: Readonly<Record<string, string>> = {
  aud: "wrong audience",
  iss: "wrong issuer",
  exp: "no expiry",
};

function signatureReason(error: Error): string {
  if (error instanceof errors.JWKSNoMatchingKey) return "unknown key";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "bad signature";
  if (error instanceof errors.JOSEAlgNotAllowed) return "algorithm not accepted";
  return "malformed";
}
