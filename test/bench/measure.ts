import { performance } from "node:perf_hooks";
import { execa, type Options } from "execa";

/** What was measured of one subject over all rounds. */
export type Figure = { median: number; least: number; most: number };

/**
 * Measures several subjects in turn, A B A B, so that whatever else the machine does falls on all of them.
 *
 * @param subjects each gives one measurement.
 */
export async function interleaved<Name extends string>(
  subjects: Readonly<Record<Name, () => Promise<number>>>,
  rounds: number,
): Promise<Record<Name, Figure>> {
  const entries = Object.entries<() => Promise<number>>(subjects);
  const taken = entries.map(([name]) => ({ name, values: [] as number[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, [, measure]] of entries.entries()) taken[index]?.values.push(await measure());
  }
  const figures: Partial<Record<string, Figure>> = Object.fromEntries(
    taken.map(({ name, values }) => [name, figureOf(values)]),
  );
  const isWhole = (each: Partial<Record<string, Figure>>): each is Record<Name, Figure> =>
    entries.every(([name]) => each[name] !== undefined);
  if (!isWhole(figures)) throw new Error("A subject was not measured.");
  return figures;
}

/** The time in milliseconds from the start of a process to its end. It must end with 0. */
export async function processTime(
  program: string,
  words: readonly string[],
  options: Options = {},
): Promise<number> {
  const started = performance.now();
  await execa(program, words, { stdin: "ignore", ...options });
  return performance.now() - started;
}

function figureOf(values: readonly number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    least: at(0),
    most: at(sorted.length - 1),
  };
}
