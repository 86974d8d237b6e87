/**
 * Whether a release that was built for a column of one type serves one of another: the JSON keeps its shape, no value
 * is rounded, and what is too long or too large is refused. Types are as `format_type` writes them.
 *
 * @example isServed("integer", "bigint") // true: it is answered as a number, as declared
 */
export function isServed(declared: string, found: string): boolean {
  if (declared === found) return true;
  const [from, to] = [formOf(declared), formOf(found)];
  if ([from, to].every(({ base }) => sizes.has(base))) return true;
  if ([from, to].every(({ base }) => texts.has(base))) return true;
  if (from.base === "json" && to.base === "jsonb") return true;
  if (from.base !== to.base) return false;
  if (from.base === "numeric") return isWiderNumeric(from.modifiers, to.modifiers);
  return rounded.test(from.base) && isWider(from.modifiers[0], to.modifiers[0]);
}

/** Integers by their bytes. */
const sizes: ReadonlyMap<string, number> = new Map([
  ["smallint", 2],
  ["integer", 4],
  ["bigint", 8],
]);
const texts: ReadonlySet<string> = new Set(["character varying", "text"]);
/** Types of which fewer digits than were declared would round what is written. */
const rounded = /^(?:timestamp|time|interval)\b(?!.*\[\])/;

type Form = { readonly base: string; readonly modifiers: readonly number[] };

/** `timestamp(3) with time zone` is `timestamp with time zone` and 3. */
function formOf(type: string): Form {
  const modifiers = /\(([\d,-]+)\)/.exec(type)?.[1]?.split(",").map(Number) ?? [];
  return { base: type.replace(/\s*\([\d,-]+\)/, ""), modifiers };
}

/**
 * Whether a type that {@link isServed} refuses values which the declared one holds.
 *
 * @example isNarrower("text", "character varying(9)") // true
 */
export function isNarrower(declared: string, found: string): boolean {
  const [from, to] = [formOf(declared), formOf(found)];
  const [fromSize, toSize] = [sizes.get(from.base), sizes.get(to.base)];
  if (fromSize !== undefined && toSize !== undefined) return toSize < fromSize;
  return texts.has(to.base) && !isWider(from.modifiers[0], to.modifiers[0]);
}

const isWider = (from = Number.POSITIVE_INFINITY, to = Number.POSITIVE_INFINITY): boolean => to >= from;

function isWiderNumeric([precision, scale = 0]: readonly number[], to: readonly number[]): boolean {
  const [toPrecision, toScale = 0] = to;
  if (toPrecision === undefined) return true;
  return precision !== undefined && toScale >= scale && toPrecision - toScale >= precision - scale;
}
