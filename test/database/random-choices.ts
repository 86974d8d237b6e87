import { randomNumbers } from "./random-schema.ts";

/** What is drawn, by what it is for: from 0 to 1, where 0 is the simplest. */
export type Choices = Readonly<Record<string, number>>;

/** Reads {@link Choices}; what is not among them is 0. */
export function choosing(choices: Choices) {
  const at = (key: string): number => choices[key] ?? 0;
  return {
    /** Never where the choice is 0. */
    chance: (key: string, probability: number): boolean => at(key) >= 1 - probability,
    pick: <T extends object | string>(key: string, list: readonly T[]): T => {
      const found = list[Math.floor(at(key) * list.length)];
      if (found === undefined) throw new RangeError(`There is nothing to pick for ${key}.`);
      return found;
    },
  };
}

/** Every choice that a reader asks for, drawn. Those of `before` are kept but for a share of them. */
export function drawChoices(seed: number, read: (choices: Choices) => void, before: Choices = {}): Choices {
  const random = randomNumbers(seed);
  const drawn = new Map<string, number>();
  const asked = new Proxy<Record<string, number>>(
    {},
    {
      get(_, key) {
        const name = String(key);
        const kept = random() < 0.7 ? before[name] : undefined;
        const value = drawn.get(name) ?? kept ?? random();
        drawn.set(name, value);
        return value;
      },
    },
  );
  read(asked);
  return Object.fromEntries(drawn);
}
