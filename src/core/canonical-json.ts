/** What JSON can hold. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/**
 * JSON with sorted keys and no insignificant white space (RFC 8785 for the values used here), so that equal values
 * have equal bytes. Members that are undefined are left out.
 */
export const canonicalJson = (value: Json): string => JSON.stringify(sorted(value));

/** Like {@link canonicalJson}, indented for people, with a newline at the end. */
export const canonicalJsonText = (value: Json): string => `${JSON.stringify(sorted(value), null, 2)}\n`;

function sorted(value: Json | undefined): Json | undefined {
  if (isList(value)) return value.map((item) => sorted(item) ?? null);
  if (value === null || typeof value !== "object") return value;
  const members = Object.keys(value).sort();
  return Object.fromEntries(members.map((key) => [key, sorted(value[key])]));
}

const isList = (value: unknown): value is readonly Json[] => Array.isArray(value);
