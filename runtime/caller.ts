/** Who makes a call, as the token said. */
export type Caller = {
  authenticated: boolean;
  /** The user's id; undefined for the anonymous. */
  id: string | undefined;
  /** `public`, `authenticated` where it holds, and the declared roles held: sorted, each once. */
  roles: readonly string[];
  /** The token's claims; only own properties are ever read. */
  claims: Readonly<Record<string, unknown>>;
};

/** The caller without a token. */
export const anonymous: Caller = { authenticated: false, id: undefined, roles: ["public"], claims: {} };
