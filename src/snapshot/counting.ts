import type { SequenceDeclaration } from "../../schema/sequences.ts";
import type { Counting } from "../database/snapshot/facts.ts";

const largest: Readonly<Record<string, bigint>> = {
  smallint: 32_767n,
  integer: 2_147_483_647n,
  bigint: 9_223_372_036_854_775_807n,
};

type Options = Pick<SequenceDeclaration, "start" | "increment" | "min" | "max" | "cache" | "cycle">;

/** How a sequence counts, where it is not as usual (PostgreSQL documentation, CREATE SEQUENCE). */
export function countingOf({ type, start, increment, min, max, cache, cycle }: Counting): Options {
  const most = largest[type] ?? 0n;
  const ascends = !increment.startsWith("-");
  const usual = ascends ? { min: "1", max: String(most) } : { min: String(-most - 1n), max: "-1" };
  return {
    ...(start === (ascends ? min : max) ? {} : { start: whole(start) }),
    ...(increment === "1" ? {} : { increment: whole(increment) }),
    ...(min === usual.min ? {} : { min: whole(min) }),
    ...(max === usual.max ? {} : { max: whole(max) }),
    ...(cache === "1" ? {} : { cache: Number(cache) }),
    ...(cycle ? { cycle } : {}),
  };
}

const whole = (digits: string): number | string =>
  Number.isSafeInteger(Number(digits)) ? Number(digits) : digits;
