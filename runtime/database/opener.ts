import type { Log } from "../log.ts";
import { Repeats } from "../repeats.ts";
import { sealed } from "../sealed.ts";
import { Attempts } from "./attempts.ts";
import type { Connector } from "./connector.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import type { Session, SessionEvents } from "./session.ts";

/** Who gets the sessions that are opened. */
export type Receiver = SessionEvents & { opened(session: Session): void; refused(): void };

/** Opens the sessions of a pool, as often as a database that refuses them is to be asked, and logs why it does. */
export class Opener {
  readonly #name: string;
  readonly #connector: Connector;
  readonly #receiver: Receiver;
  readonly #log: Log;
  readonly #attempts = new Attempts();
  /** Whether a refusal was logged since the database was there last. */
  #isTold = false;
  readonly #repeats = new Repeats();
  /** Why the last one was refused. */
  refusal: Refusal | undefined;

  constructor(name: string, connector: Connector, receiver: Receiver, log: Log) {
    this.#name = name;
    this.#connector = connector;
    this.#receiver = receiver;
    this.#log = log;
  }

  /** How many are being opened. */
  get opening(): number {
    return this.#attempts.open;
  }

  mayOpen(now: number): boolean {
    return this.#attempts.mayBegin(now);
  }

  /** Whether the database refuses for so long that nobody is to wait for it. */
  isAway(now: number): boolean {
    return this.#attempts.isAway(now);
  }

  /** The database answered beside the pool, so that nobody is to wait for the next attempt. */
  reach(): void {
    this.#tell(this.#attempts.reach());
  }

  #tell(wasAway: boolean): void {
    if (wasAway && this.#isTold) this.#log.info({ connection: this.#name }, "The database is back.");
    if (wasAway) this.#isTold = false;
  }

  open(now: number): void {
    this.#attempts.open += 1;
    this.#connector.open(this.#receiver).then(
      (session) => {
        this.#tell(this.#attempts.succeed());
        this.#receiver.opened(session);
      },
      (error: unknown) => {
        this.refusal = refusalOf(error);
        const { code, message } = this.refusal;
        const failedAt = performance.now();
        if (this.#attempts.fail(now, failedAt)) {
          const repeats = this.#repeats.next(code, failedAt);
          const said = { connection: this.#name, reason: code, ...(repeats && { repeats }) };
          if (repeats !== undefined) {
            this.#isTold = true;
            this.#log.warn(said, message);
          }
        }
        this.#receiver.refused();
      },
    );
  }
}
sealed(Opener);
