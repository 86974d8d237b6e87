/*
 * A YAML library writes a document anew, in its own manner of spaces. So the text that people wrote is kept line by
 * line, and only what differs between the document as it was and as it is now, both in the library's manner, is taken.
 */

/** Beyond this, lines between the first and the last difference are not matched: it would take too much memory. */
const mostCells = 16_000_000;

/** Pairs of equal lines, by their indexes, as many as there can be in order. */
function matches(a: readonly string[], b: readonly string[]): [number, number][] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let endA = a.length;
  let endB = b.length;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA -= 1;
    endB -= 1;
  }
  const isLong = (endA - start) * (endB - start) > mostCells;
  const rows = isLong ? 0 : endA - start;
  const width = isLong ? 0 : endB - start + 1;
  const lengths = new Uint32Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i -= 1)
    for (let j = width - 2; j >= 0; j -= 1)
      lengths[i * width + j] =
        a[start + i] === b[start + j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
  const found: [number, number][] = [];
  for (let i = 0; i < start; i += 1) found.push([i, i]);
  for (let i = 0, j = 0; i < rows && j < width - 1; ) {
    if (a[start + i] === b[start + j]) found.push([start + i++, start + j++]);
    else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) i += 1;
    else j += 1;
  }
  for (let i = endA, j = endB; i < a.length; i += 1, j += 1) found.push([i, j]);
  return found;
}

/**
 * The text `own` with what changed between `before`, which says the same in another manner, and `after`. Where a
 * change and a difference of manner touch the same lines, `after` is taken.
 */
export function mergeLines(own: string, before: string, after: string): string {
  if (own === before) return after;
  const [owned, base, wanted] = [own, before, after].map((text) => text.split("\n"));
  if (owned === undefined || base === undefined || wanted === undefined) return after;
  const toOwn = new Map(matches(base, owned));
  const toWanted = new Map(matches(base, wanted));
  const lines: string[] = [];
  let [inOwn, inBase, inWanted] = [0, 0, 0];
  const fromBase = new Map([...toWanted].map(([inOld, inNew]) => [inNew, inOld]));
  const take = (endOwn: number, endBase: number, endWanted: number): void => {
    const isOneToOne = endOwn - inOwn === endBase - inBase;
    const isSame =
      endBase - inBase === endWanted - inWanted &&
      wanted
        .slice(inWanted, endWanted)
        .every((_, index) => fromBase.get(inWanted + index) === inBase + index);
    if (isSame) lines.push(...owned.slice(inOwn, endOwn));
    else
      for (let index = inWanted; index < endWanted; index += 1) {
        const old = fromBase.get(index);
        const line = isOneToOne && old !== undefined ? owned[inOwn + old - inBase] : wanted[index];
        lines.push(line ?? "");
      }
  };
  for (let index = 0; index < base.length; index += 1) {
    const here = toOwn.get(index);
    const there = toWanted.get(index);
    if (here === undefined || there === undefined) continue;
    take(here, index, there);
    lines.push(owned[here] ?? "");
    [inOwn, inBase, inWanted] = [here + 1, index + 1, there + 1];
  }
  take(owned.length, base.length, wanted.length);
  return lines.join("\n");
}
