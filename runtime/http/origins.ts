/**
 * Whether an Origin header is one of those that are declared. A `*` is one whole label of the host, never empty and
 * never more, or any port.
 */
export function compileOrigins(declared: readonly string[]): (origin: string) => boolean {
  const exact = new Set(declared);
  const patterns = declared.filter((origin) => origin.includes("*")).map(patternOf);
  return (origin) => exact.has(origin) || patterns.some((pattern) => pattern.test(origin));
}

function patternOf(origin: string): RegExp {
  const [, host = "", anyPort] = /^(.*?)(:\*)?$/.exec(origin) ?? [];
  const escaped = host.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[a-z0-9_-]{1,63}");
  return new RegExp(`^${escaped}${anyPort === undefined ? "" : "(?::\\d{1,5})?"}$`);
}
