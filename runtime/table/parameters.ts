import { type CheckedCaller, type Claim, claimKey, claimValue } from "./claim.ts";
import type { Operand } from "./condition.ts";

/** Where a bound value comes from: the caller's claims, a place among the values of the call, or the manifest. */
type Slot = Claim | number | string;

/**
 * The parameters of one statement. What a statement is printed from stands in marks, which {@link number} replaces:
 * Postgres refuses a parameter that the text does not use, and only the whole text shows which it does.
 */
export class Parameters {
  readonly #slots: Slot[] = [];
  readonly #marks = new Map<string, string>();

  /** The parameter of a value of the call. */
  given(index: number, cast: string): string {
    return `${this.#mark(`${index}`, index)}::${cast}`;
  }

  /** The parameter of a claim. */
  claim(claim: Claim): string {
    return `${this.#mark(`${claimKey(claim)} ${claim.type.name}`, claim)}::${claim.type.cast}`;
  }

  /** An operand that does not depend on a row. */
  operand(operand: Exclude<Operand, { kind: "row" }>): string {
    if (operand.kind === "literal") return operand.sql;
    if (operand.kind === "constant")
      return `${this.#mark(`'${operand.text}`, operand.text)}::${operand.cast}`;
    return operand.kind === "claim" ? this.claim(operand.claim) : this.given(operand.index, operand.cast);
  }

  /** The text with `$1`, `$2`, ... in the order in which they come, and what gives their values. */
  number(text: string): Numbered {
    const used: Slot[] = [];
    const numbers = new Map<string, number>();
    const numbered = text.replace(marks, (mark, place: string) => {
      const slot = this.#slots[Number(place)];
      if (slot !== undefined && !numbers.has(mark)) numbers.set(mark, used.push(slot));
      return `$${numbers.get(mark)}`;
    });
    const bind: Bind = (given, caller) =>
      used.map((slot) => {
        if (typeof slot === "string") return slot;
        return typeof slot === "number" ? (given[slot] ?? null) : claimValue(slot, caller);
      });
    const givenBy = (parameter: number): number | undefined => {
      const slot = used[parameter - 1];
      return typeof slot === "number" ? slot : undefined;
    };
    return { text: numbered, bind, givenBy };
  }

  #mark(key: string, slot: Slot): string {
    const known = this.#marks.get(key);
    if (known !== undefined) return known;
    const mark = `\0${this.#slots.push(slot) - 1}\0`;
    this.#marks.set(key, mark);
    return mark;
  }
}

/** A statement whose parameters have numbers; `givenBy` says which value of the call one of them is, counted from 0. */
type Numbered = {
  readonly text: string;
  readonly bind: Bind;
  readonly givenBy: (parameter: number) => number | undefined;
};

/** Gives the values of a call in the order of the parameters. */
export type Bind = (given: readonly (string | null)[], caller: CheckedCaller) => (string | null)[];

// No text that Postgres takes holds NUL, so nothing else looks like a mark.
const marks = /\0(\d+)\0/g;
