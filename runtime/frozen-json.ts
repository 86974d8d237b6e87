/** Freezes a value of JSON and all that is in it. */
export function frozenJson<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value))
    for (const member of Object.values(Object.freeze(value))) frozenJson(member);
  return value;
}
