const short: readonly [RegExp, string][] = [
  [/^timestamp(\(\d\))? with time zone\b/, "timestamptz$1"],
  [/^timestamp(\(\d\))? without time zone\b/, "timestamp$1"],
  [/^time(\(\d\))? with time zone\b/, "timetz$1"],
  [/^time(\(\d\))? without time zone\b/, "time$1"],
  [/^character varying\b/, "varchar"],
  [/^character\b(?=\()/, "char"],
];

/** A type as people write it: `timestamptz(3)` for `timestamp(3) with time zone`. */
export const typeText = (type: string): string =>
  short.reduce((text, [form, written]) => text.replace(form, written), type);
