/** A function of Node that logic is not given: a package may load with it, and is told when it uses it. */
export function denied(name: string): (...given: unknown[]) => unknown {
  const refuse = (): unknown => {
    const message = `\`${name}\` is not given to logic: it has no files, processes or sockets.`;
    // The code of Node's own refusal, which packages take for a file that is not there.
    const error = Object.assign(new Error(message), { code: "ERR_ACCESS_DENIED" });
    if (name.includes("promises")) return Promise.reject(error);
    throw error;
  };
  return Object.defineProperty(refuse, "name", { value: name.split(".").at(-1) ?? name });
}

const deepest = 3;

/** A copy of a module of Node, in whose place it is given: its functions are there and refuse, its constants are the same. */
export function inertCopy(name: string, original: object, depth = 0): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(original))) {
    if (typeof value === "function") copy[key] = denied(`${name}.${key}`);
    else if (typeof value !== "object" || value === null) copy[key] = value;
    else if (depth < deepest) copy[key] = inertCopy(`${name}.${key}`, value, depth + 1);
  }
  return copy;
}
