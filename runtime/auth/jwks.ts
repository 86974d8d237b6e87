import { LRUCache } from "lru-cache";
import { bridgeLimits } from "../../config/bridge.ts";
import { CallError } from "../error.ts";
import type { Log } from "../log.ts";
import { Repeats } from "../repeats.ts";
import { sealed } from "../sealed.ts";
import { fetchKeys } from "./fetch-keys.ts";
import type { KeySet } from "./key-set.ts";

/** What reaches out and the clock, in milliseconds. */
export type JwksEffects = { readonly fetch: typeof fetch; readonly now: () => number; readonly log: Log };

/** The keys of an issuer, which may change. */
export type IssuerKeys = {
  /** The set in force, at once; undefined where it must be waited for, see {@link IssuerKeys.confirmed}. */
  current(): KeySet | undefined;
  /** The set in force. @throws {CallError} `unavailable` when there is none: the token may be good. */
  confirmed(): Promise<KeySet>;
  /**
   * A newer set, asked for because a token does not fit the one given; undefined where there is none.
   *
   * @param missing the `kid` that the set lacks; undefined where it has the key and the signature is another's.
   * @throws {CallError} `unavailable` when nobody can say yet whether the missing key is the issuer's.
   */
  renewed(than: KeySet, missing: string | undefined): Promise<KeySet | undefined>;
};

const limits = bridgeLimits.jwks;

/**
 * The public keys behind a URL: fetched with the first token, in the background when they are old, and at once for a
 * token whose key they lack. A set that nobody has confirmed for `confirmMs`, as no token came, is waited for. While the
 * issuer is away the last set is used, for `staleMs` at most.
 */
export class RemoteKeys implements IssuerKeys {
  readonly #url: URL;
  readonly #effects: JwksEffects;
  readonly #repeats = new Repeats();
  /** Until when a `kid` is known to be nobody's. */
  readonly #absent = new LRUCache<string, number>({ max: limits.absent });
  #set: KeySet | undefined;
  #reloading: { readonly done: Promise<void>; readonly since: number } | undefined;
  #failure: unknown;
  #confirmedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #refreshAt = Number.NEGATIVE_INFINITY;
  #retryAt = Number.NEGATIVE_INFINITY;
  /** When a token may make it fetch again, by what the token does not fit. */
  readonly #renewAt = { key: Number.NEGATIVE_INFINITY, signature: Number.NEGATIVE_INFINITY };

  constructor(url: URL, effects: JwksEffects) {
    this.#url = url;
    this.#effects = effects;
  }

  current(): KeySet | undefined {
    if (this.#set === undefined) return undefined;
    const now = this.#effects.now();
    const isForgotten = now - this.#triedAt >= limits.confirmMs;
    if (now >= this.#refreshAt && now >= this.#retryAt) void this.#reload(now);
    return isForgotten || this.#isStale(now) ? undefined : this.#set;
  }

  async confirmed(): Promise<KeySet> {
    const current = this.current();
    if (current !== undefined) return current;
    await this.#reload(this.#effects.now());
    if (this.#set === undefined || this.#isStale(this.#effects.now())) throw this.#unavailable();
    return this.#set;
  }

  async renewed(than: KeySet, missing: string | undefined): Promise<KeySet | undefined> {
    await this.#reloading?.done; // it may have been asked before the key was made
    if (this.#isBetter(than, missing)) return this.#set;
    const { now } = this.#effects;
    if (missing !== undefined && now() < (this.#absent.get(missing) ?? 0)) return undefined;
    const unmatched = missing === undefined ? "signature" : "key";
    if (now() < Math.max(this.#renewAt[unmatched], this.#retryAt)) {
      if (missing === undefined) return undefined;
      throw notKnownYet();
    }
    await this.#reload(now());
    if (this.#isBetter(than, missing)) return this.#set;
    if (now() < this.#retryAt && missing !== undefined) throw this.#unavailable();
    this.#renewAt[unmatched] = now() + limits.cooldownMs;
    if (missing !== undefined) this.#absent.set(missing, now() + limits.cooldownMs);
    return undefined;
  }

  #isBetter(than: KeySet, missing: string | undefined): boolean {
    return this.#set !== undefined && this.#set !== than && (missing === undefined || this.#set.has(missing));
  }

  #isStale(now: number): boolean {
    return now - this.#confirmedAt >= limits.staleMs;
  }

  /** Settles when the running or a new fetch has ended, in whichever way; one that hangs is left to itself. */
  #reload(now: number): Promise<void> {
    if (this.#reloading !== undefined && now - this.#reloading.since < 2 * limits.timeoutMs)
      return this.#reloading.done;
    if (now < this.#retryAt) return Promise.resolve();
    const reloading = { done: this.#fetch(), since: now };
    this.#reloading = reloading;
    return reloading.done.finally(() => {
      if (this.#reloading === reloading) this.#reloading = undefined;
    });
  }

  async #fetch(): Promise<void> {
    const { fetch, now } = this.#effects;
    try {
      const { set, maxAgeMs = limits.refreshMs } = await fetchKeys(this.#url, fetch);
      this.#confirmedAt = now();
      this.#refreshAt = now() + Math.min(limits.refreshMs, Math.max(limits.soonestMs, maxAgeMs));
      this.#replace(set);
    } catch (error) {
      this.#failure = error;
      this.#retryAt = now() + limits.retryMs;
      const line = { jwks: this.#url.origin, reason: reasonOf(error) };
      const repeats = this.#repeats.next(line.reason, now());
      if (repeats !== undefined)
        this.#effects.log.warn({ ...line, repeats }, "The issuer's keys could not be fetched.");
    }
    this.#triedAt = now();
  }

  #replace(set: KeySet): void {
    if (set.text === this.#set?.text) return; // keeps what was verified with it
    this.#set = set;
    const { size, leftOut } = set;
    this.#effects.log.info({ jwks: this.#url.origin, keys: size, leftOut }, "The issuer's keys are new.");
  }

  #unavailable(): CallError {
    return new CallError("unavailable", "The token's issuer cannot be reached.", { cause: this.#failure });
  }
}
sealed(RemoteKeys);

const notKnownYet = (): CallError =>
  new CallError(
    "unavailable",
    "Whether the token's key is its issuer's is not known yet. Try again in a moment.",
    {
      reason: "unknown key, and its issuer was asked a moment ago",
    },
  );

/** Keys that never change. */
export const fixedKeys = (set: KeySet): IssuerKeys => ({
  current: () => set,
  confirmed: () => Promise.resolve(set),
  renewed: () => Promise.resolve(undefined),
});

/** fetch hides why behind "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { cause } = error;
  return cause instanceof Error && "code" in cause ? String(cause.code) : error.message;
}
