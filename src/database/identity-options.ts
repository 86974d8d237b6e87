const given = (options: string, name: string): string | undefined =>
  new RegExp(`\\b${name} (-?\\d+)`).exec(options)?.[1];

/** Whether an identity with such options counts down, and where it starts. */
export function countingOf(options = ""): { descends: boolean; start: string } {
  const descends = given(options, "increment by")?.startsWith("-") ?? false;
  const first = descends ? (given(options, "maxvalue") ?? "-1") : (given(options, "minvalue") ?? "1");
  return { descends, start: given(options, "start with") ?? first };
}

/** Between what an identity with such options counts; null is as far as its type goes. */
export const boundsOf = (options = ""): { min: string | null; max: string | null } => {
  const { descends } = countingOf(options);
  return {
    min: given(options, "minvalue") ?? (descends ? null : "1"),
    max: given(options, "maxvalue") ?? (descends ? "-1" : null),
  };
};

/** The actions that let an identity column count so: every option, since what is not named stays as it was. */
export function setCounting(options = ""): string[] {
  const [min, max] = [given(options, "minvalue"), given(options, "maxvalue")];
  return [
    `set increment by ${given(options, "increment by") ?? "1"}`,
    `set ${min === undefined ? "no minvalue" : `minvalue ${min}`}`,
    `set ${max === undefined ? "no maxvalue" : `maxvalue ${max}`}`,
    `set start with ${countingOf(options).start}`,
    `set cache ${given(options, "cache") ?? "1"}`,
    `set ${/\bcycle$/.test(options) ? "cycle" : "no cycle"}`,
  ];
}
