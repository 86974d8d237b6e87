import { closest, distance } from "fastest-levenshtein";

/** What other tools call what a command here does: Prisma, Drizzle, Atlas, Supabase, Hasura, Docker and npm. */
export const foreign: Readonly<Record<string, string>> = {
  diff: "schema plan",
  "db diff": "schema plan",
  status: "schema plan",
  migrate: "schema apply",
  "migrate deploy": "schema apply",
  "migrate up": "schema apply",
  "db push": "schema apply",
  up: "schema apply",
  pull: "schema snapshot",
  "db pull": "schema snapshot",
  introspect: "schema snapshot",
  dump: "schema snapshot",
  log: "schema history",
  reset: "dev --reset",
  "db reset": "dev --reset",
  seed: "dev --reset",
  start: "dev",
  serve: "dev",
  new: "init",
  create: "init",
  build: "bundle",
  push: "deploy image",
  publish: "deploy image",
  release: "deploy image",
  check: "validate",
  erd: "schema diagram",
  login: "token",
};

/**
 * What a command line says where it names no command, and the whole command that it probably means.
 *
 * @param words the command line after the program's name.
 * @param names the commands that there are.
 * @example meantCommand(["apply", "--yes"], ["schema apply", "init"]) // { said: "apply", meant: "schema apply" }
 */
export function meantCommand(
  words: readonly string[],
  names: readonly string[],
): { said: string; meant?: string | undefined } {
  const option = words.findIndex((word) => word.startsWith("-"));
  const [first = "", second] = option === -1 ? words : words.slice(0, option);
  const both = second === undefined ? first : `${first} ${second}`;
  const group = names.filter((name) => name.startsWith(`${first} `));
  if (group.length > 0) return { said: both, meant: near(both, group) };
  const meant =
    foreignTo(both) ??
    foreignTo(first) ??
    nearEnd(first, names) ??
    near(both, names) ??
    nearStart(first, names);
  return { said: first, meant };
}

const foreignTo = (said: string): string | undefined =>
  Object.hasOwn(foreign, said) ? foreign[said] : undefined;

const near = (said: string, names: readonly string[]): string | undefined => {
  if (said === "" || names.length === 0) return undefined;
  const best = closest(said, [...names]);
  return distance(said, best) <= Math.max(2, Math.floor(said.length / 3)) ? best : undefined;
};

/** `depoly` as `deploy image`, the only one that begins so. */
function nearStart(said: string, names: readonly string[]): string | undefined {
  const start = near(said, [...new Set(names.map((name) => name.split(" ")[0] ?? name))]);
  const all = names.filter((name) => start !== undefined && name.startsWith(`${start} `));
  return all.length === 1 ? all[0] : undefined;
}

/** By the last word of a name: `apply` and `aply` as `schema apply`. */
function nearEnd(said: string, names: readonly string[]): string | undefined {
  const last = new Map(names.map((name) => [name.split(" ").at(-1) ?? name, name]));
  const best = near(said, [...last.keys()]);
  return best === undefined ? undefined : last.get(best);
}
