import type { Log } from "../log.ts";
import { outsideLogic } from "../logic-scope.ts";
import { sealed } from "../sealed.ts";
import { sessionSettings } from "../sql/values.ts";
import { type PoolSettings, sessionConfig, type Target } from "./config.ts";
import type { SqlStatement } from "./database.ts";
import { isPoolerRefusal } from "./failure.ts";
import { Refusal } from "./refusal.ts";
import { Session, type SessionEvents } from "./session.ts";

type Config = ReturnType<typeof sessionConfig>;

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const asked = Object.keys(sessionSettings).map((name) => `current_setting(${quote(name)}) as "${name}"`);
/** `+resets`: whether `reset all` leads back to the settings, as it does where they came with the connection. */
const question = `select ${asked.join(", ")}, pg_is_in_recovery() as "+standby",
  current_setting('transaction_read_only') = 'on' as "+readOnly",
  (select reset_val from pg_settings where name = 'IntervalStyle') = 'iso_8601' as "+resets"`;

/**
 * Opens sessions on the servers of one connection, and holds that they decode right: their settings are asked for.
 *
 * A pooler may refuse the startup parameter `options`, or drop it, and `reset all` may not lead back to what it sets itself.
 * Then nothing that is set on a session is sure to stay there: each transaction sets what it needs, each statement is in a
 * transaction, and none is prepared.
 */
export class Connector {
  readonly #name: string;
  readonly #config: Config;
  readonly #timeoutMs: number;
  readonly #log: Log;
  readonly #local: SqlStatement;
  #isPooled = false;
  /** Whether a session was opened, so that {@link local} is known. */
  isKnown = false;

  /** @throws {StkError} `invalid_connection` when the URL is not one of Postgres. */
  constructor(name: string, settings: PoolSettings, log: Log) {
    this.#name = name;
    this.#config = sessionConfig(name, settings);
    this.#timeoutMs = settings.connectTimeoutMs;
    this.#log = log;
    const list = Object.entries(this.#config.settings).map(
      ([key, value]) => `set_config(${quote(key)}, ${quote(value)}, true)`,
    );
    this.#local = { text: `select ${list.join(", ")}`, readOnly: true };
  }

  /** What each transaction has to set, where a pooler keeps nothing on a session. */
  get local(): SqlStatement | undefined {
    return this.#isPooled ? this.#local : undefined;
  }

  /**
   * Opens a session on the first server that is there and is what the URL wants.
   *
   * @throws what the last of them refused with.
   */
  async open(events: SessionEvents): Promise<Session> {
    const { targets, wanted } = this.#config;
    const rounds = wanted === "prefer-standby" ? (["standby", "any"] as const) : [wanted];
    let failure: unknown;
    for (const wish of rounds) {
      for (const target of targets) {
        try {
          const session = await this.#openOn(target, events);
          this.isKnown = true;
          if (fits(session, wish)) return session;
          session.destroy();
          failure = new Refusal(
            "wrong_server",
            `No server of the URL is \`${wish}\` (target_session_attrs).`,
          );
        } catch (error) {
          failure = error;
        }
      }
    }
    throw failure;
  }

  /** What is prepared on a session is not there when it is used: from now on nothing is taken to stay. */
  usePooled(): void {
    if (this.#isPooled) return;
    this.#isPooled = true;
    this.#log.warn(
      { connection: this.#name },
      "The database is behind a pooler that takes no settings of a session, or keeps none: each statement runs in a transaction of its own, which sets them, and none is prepared. For speed, connect without it, or with a direct URL.",
    );
  }

  async #openOn({ server, config: configOf }: Target, events: SessionEvents): Promise<Session> {
    const config = configOf();
    if (!this.#isPooled) {
      try {
        const input = { config, server, keeps: true, question, timeoutMs: this.#timeoutMs };
        const session = await outsideLogic(() => Session.open(input, events));
        if (missing(session) === undefined && session.facts["+resets"] === true) return session;
        session.destroy();
      } catch (error) {
        if (!isPoolerRefusal(error)) throw error;
      }
    }
    if (this.#config.options !== undefined)
      throw new Refusal(
        "options_lost",
        "A pooler in front of the database takes no `options`: take them out of the URL, and set them by `alter role ... set`.",
      );
    const { options: _, ...plain } = config;
    const input = {
      config: plain,
      server,
      keeps: false,
      question: `begin; ${this.#local.text}; ${question}; commit`,
      timeoutMs: this.#timeoutMs,
    };
    const session = await outsideLogic(() => Session.open(input, events));
    const lacking = missing(session);
    if (lacking === undefined) {
      this.usePooled();
      return session;
    }
    session.destroy();
    throw new Refusal(
      "settings_lost",
      `The database, or a pooler in front of it, does not keep the setting \`${lacking}\`, not even within a transaction.`,
    );
  }
}
sealed(Connector);

/** The first setting that is not as decoding needs it. */
const missing = ({ facts }: Session): string | undefined =>
  Object.entries(sessionSettings).find(([name, value]) => facts[name] !== value)?.[0];

function fits({ facts }: Session, wanted: Config["wanted"]): boolean {
  const isStandby = facts["+standby"] === true;
  switch (wanted) {
    case "read-write":
      return facts["+readOnly"] === false;
    case "read-only":
      return facts["+readOnly"] === true;
    case "primary":
      return !isStandby;
    case "standby":
      return isStandby;
    default:
      return true;
  }
}
