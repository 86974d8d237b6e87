type Storage = Record<string, string | number | boolean>;

/** Storage parameters with numbers and booleans as such. */
export const storageOf = (options: Record<string, string> | null): { storage?: Storage } =>
  options === null
    ? {}
    : { storage: Object.fromEntries(Object.entries(options).map(([name, value]) => [name, plain(value)])) };

function plain(value: string): string | number | boolean {
  if (value === "true" || value === "false") return value === "true";
  return value !== "" && String(Number(value)) === value ? Number(value) : value;
}
