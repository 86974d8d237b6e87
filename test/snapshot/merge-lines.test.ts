import { describe, expect, it } from "vitest";
import { mergeLines } from "../../src/snapshot/merge-lines.ts";

const text = (lines: string): string => lines.split(" ").join("\n");

describe("lines of a text that somebody wrote", () => {
  it.each([
    ["are as the library writes them where it wrote them", "a b c", "a b c", "a x c", "a x c"],
    ["stay beside a change", "A b C", "a b c", "a x c", "A x C"],
    ["stay before and after what comes", "A B", "a b", "a n b", "A n B"],
    ["go where they go", "A B C", "a b c", "a c", "A C"],
    ["stay where nothing changes, however many there are", "A 1 2 B", "a b", "a b", "A 1 2 B"],
    ["give way where a change touches lines that have no like", "A 1 2 B c", "a b c", "x b c", "x b c"],
  ])("%s", (_, own, before, after, merged) => {
    expect(mergeLines(text(own), text(before), text(after))).toBe(text(merged));
  });

  it("are all there where nothing changed, whatever they are", () => {
    for (let seed = 1; seed < 300; seed += 1) {
      const random = (index: number): number => Math.abs(Math.sin(seed * 31 + index * 17) * 10_000) % 1;
      const lines = (offset: number): string =>
        Array.from(
          { length: Math.floor(random(offset) * 12) },
          (_, index) => "abc"[Math.floor(random(offset + index) * 3)],
        ).join("\n");
      const [own, base] = [lines(1), lines(40)];
      expect(mergeLines(own, base, base)).toBe(own);
      expect(mergeLines(own, own, base)).toBe(base);
    }
  });
});
