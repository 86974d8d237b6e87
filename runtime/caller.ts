/** Who makes a call, as the token said: frozen, as all calls with one token share it. */
export type Caller = {
  readonly authenticated: boolean;
  /** The user's id; undefined for the anonymous. */
  readonly id: string | undefined;
  /** `public`, `authenticated` where it holds, and the declared roles held: sorted, each once. */
  readonly roles: readonly string[];
  /** The token's claims; only own properties are ever read. */
  readonly claims: Readonly<Record<string, unknown>>;
};

/** The caller without a token. */
export const anonymous: Caller = Object.freeze({
  authenticated: false,
  id: undefined,
  roles: Object.freeze(["public"]),
  claims: Object.freeze({}),
});
