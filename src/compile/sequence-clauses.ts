import type { SequenceDeclaration } from "../../schema/sequences.ts";

type SequenceOptions = Pick<SequenceDeclaration, "start" | "increment" | "min" | "max" | "cache" | "cycle">;

/** How a sequence counts, as CREATE SEQUENCE takes it: `start with 1000`, `cycle`. */
export const sequenceClauses = ({ start, increment, min, max, cache, cycle }: SequenceOptions): string[] => [
  ...(start === undefined ? [] : [`start with ${start}`]),
  ...(increment === undefined ? [] : [`increment by ${increment}`]),
  ...(min === undefined ? [] : [`minvalue ${min}`]),
  ...(max === undefined ? [] : [`maxvalue ${max}`]),
  ...(cache === undefined ? [] : [`cache ${cache}`]),
  ...(cycle === true ? ["cycle"] : []),
];
