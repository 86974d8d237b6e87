import type { Caller } from "../caller.ts";
import { type Claim, claimValue } from "./claim.ts";
import type { Operand } from "./condition.ts";

/** Where a bound value comes from: the caller's claims, or a place among the values of the call. */
type Slot = Claim | number;

/** The `$1`-style parameters of one statement, numbered as they come; equal ones share a number. */
export class Parameters {
  readonly #slots: Slot[] = [];
  readonly #numbers = new Map<string, number>();

  /** The parameter of a value of the call. */
  given(index: number, cast: string): string {
    return `$${this.#number(`${index}`, index)}::${cast}`;
  }

  /** The parameter of a claim. */
  claim(claim: Claim): string {
    return `$${this.#number(`${claim.reference} ${claim.type.name}`, claim)}::${claim.type.cast}`;
  }

  /** An operand that does not depend on a row. */
  constant(operand: Exclude<Operand, { kind: "row" }>): string {
    if (operand.kind === "literal") return operand.sql;
    return operand.kind === "claim" ? this.claim(operand.claim) : this.given(operand.index, operand.cast);
  }

  /** Gives the values of a call in the order of the parameters. */
  binder(): (given: readonly (string | null)[], caller: Caller) => (string | null)[] {
    const slots = this.#slots;
    return (given, caller) =>
      slots.map((slot) => (typeof slot === "number" ? (given[slot] ?? null) : claimValue(slot, caller)));
  }

  #number(key: string, slot: Slot): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#slots.push(slot);
    this.#numbers.set(key, this.#slots.length);
    return this.#slots.length;
  }
}
