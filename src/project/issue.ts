import type { z } from "zod";
import { comparisonOperators } from "../../schema/predicate.ts";
import { suggest } from "../core/suggest.ts";
import { expectedKeys } from "./expected-keys.ts";
import type { Part, Path } from "./project.ts";

/** What is wrong with one value, in a user's words. `remove` is what must go for the rest to be read. */
export type IssueProblem = {
  code: string;
  message: string;
  hint?: string | undefined;
  path: Path;
  part: Part;
  remove: Path;
  /** The key that is missing, where one is. */
  absent?: Path;
  /** Whether another problem says it already. */
  isSaid?: boolean;
};

type Issue = z.core.$ZodIssue;

/** Turns zod's issues with `value` into problems that say what is expected, what was found and what was meant. */
export function explainIssues(
  issues: readonly Issue[],
  format: z.core.$ZodType,
  value: unknown,
): IssueProblem[] {
  const problems = issues.flatMap((issue) => explain(issue, [], format, value));
  const meant = new Set(problems.map(({ path, hint }) => JSON.stringify([path.slice(0, -1), hint])));
  return problems.map((one) => {
    const key = one.absent?.at(-1);
    const isMisspelt = meant.has(JSON.stringify([one.path, `Did you mean \`${String(key)}\`?`]));
    return one.absent !== undefined && isMisspelt ? { ...one, isSaid: true } : one;
  });
}

function explain(issue: Issue, base: Path, format: z.core.$ZodType, root: unknown): IssueProblem[] {
  const path = [...base, ...issue.path.filter((step) => typeof step !== "symbol")];
  const found = valueAt(root, path);
  const name = nameOf(path);
  const at = { path, part: "value", remove: path } as const;
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(key, path, expectedKeys(format, path)));
    case "invalid_key":
      return [
        {
          ...at,
          code: "invalid_name",
          message: `\`${name}\` cannot be a name here.`,
          hint: sentence(issue.issues[0]?.message),
          part: "key",
        },
      ];
    case "invalid_union":
      return explainUnion(issue, path, format, root);
    case "too_small":
    case "too_big":
      return [{ ...at, code: "out_of_range", message: `${title(path)} is out of range: ${range(issue)}.` }];
    case "invalid_type":
    case "invalid_value":
      if (found === undefined) return [missing(path, root)];
      if (issue.code === "invalid_value" && typeof found === "string")
        return [{ ...at, ...notOneOf(path, found, issue.values) }];
      return [{ ...at, ...wrongType(path, [expectation(issue)], found) }];
    default:
      return [
        { ...at, code: "invalid_value", message: `${title(path)} is not valid: ${plain(issue.message)}.` },
      ];
  }
}

function explainUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  format: z.core.$ZodType,
  root: unknown,
): IssueProblem[] {
  const found = valueAt(root, path);
  if (found === undefined) return [missing(path, root)];
  const fitting = issue.errors.filter((branch) => !branch.some(isMismatch));
  const best = fitting.toSorted((a, b) => a.length - b.length)[0];
  if (best !== undefined) {
    const unknown = best.filter(({ code }) => code === "unrecognized_keys");
    const problems = unknown.length > 0 ? unknown : best;
    const [only] = problems;
    if (fitting.length > 1 && typeof found === "string" && only !== undefined)
      return [
        {
          ...explainAt(only, path, format, root),
          message: `${title(path)} is not valid: ${alternatives(fitting)}.`,
        },
      ];
    const explained = problems.flatMap((inner) => explain(inner, path, format, root));
    return unknown.length > 0 ? explained.map((one) => ({ ...one, remove: path })) : explained;
  }
  const mismatches = issue.errors.flatMap((branch) => branch.filter(isMismatch));
  const values = mismatches.flatMap((one) => (one.code === "invalid_value" ? one.values : []));
  const at = { path, part: "value", remove: path } as const;
  if (typeof found === "string" && values.some((value) => typeof value === "string"))
    return [
      {
        ...at,
        ...notOneOf(
          path,
          found,
          values,
          mismatches.filter(({ code }) => code === "invalid_type").map(expectation),
        ),
      },
    ];
  const wrong = { ...at, ...wrongType(path, [...new Set(mismatches.map(expectation))], found) };
  return [issue.message === "Invalid input" ? wrong : { ...wrong, hint: sentence(issue.message) }];
}

const explainAt = (issue: Issue, path: Path, format: z.core.$ZodType, root: unknown): IssueProblem =>
  explain(issue, path, format, root)[0] ?? {
    code: "invalid_value",
    message: plain(issue.message),
    path,
    part: "value",
    remove: path,
  };

const alternatives = (branches: readonly Issue[][]): string =>
  [...new Set(branches.map(([first]) => plain(first?.message ?? "")))].join("; or ");

const isMismatch = (issue: Issue): boolean =>
  issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");

function unknownKey(key: string, path: Path, candidates: readonly string[]): IssueProblem {
  const at = { path: [...path, key], part: "key", remove: [...path, key] } as const;
  if (candidates.includes(comparisonOperators[0] ?? "") && candidates.length === comparisonOperators.length)
    return {
      ...at,
      code: "unknown_operator",
      message: `\`${key}\` is not an operator.`,
      hint: suggest(key, candidates) ?? `There are ${candidates.join(", ")}.`,
    };
  const torn = /[)\]]$/.test(key) ? "Inside { } a comma ends a value: put the value in quotes." : undefined;
  const hint =
    torn ??
    suggest(key, candidates) ??
    (candidates.length === 0 ? undefined : `There are ${candidates.join(", ")}.`);
  const where = path.length === 0 ? "" : ` in \`${nameOf(path)}\``;
  return { ...at, code: "unknown_key", message: `Unknown key \`${key}\`${where}.`, hint };
}

function missing(path: Path, root: unknown): IssueProblem {
  const parent = path.slice(0, -1);
  const where = parent.length === 0 ? "" : ` in \`${nameOf(parent)}\``;
  const remove = valueAt(root, parent) === undefined ? parent.slice(0, -1) : parent;
  return {
    code: "missing_key",
    message: `\`${nameOf(path)}\` is missing${where}.`,
    path: parent,
    part: "key",
    remove,
    absent: path,
  };
}

function notOneOf(path: Path, found: string, values: readonly unknown[], others: readonly string[] = []) {
  const names = values.map(String);
  const list = [...names.map((name) => `\`${name}\``), ...others].join(", ");
  return {
    code: "invalid_value",
    message: `${title(path)} cannot be \`${found.slice(0, 60)}\`.`,
    hint: suggest(found, names) ?? `It is ${names.length + others.length === 1 ? "" : "one of "}${list}.`,
  };
}

const wrongType = (path: Path, expected: readonly string[], found: unknown) => ({
  code: "wrong_type",
  message: `${title(path)} should be ${expected.join(" or ")}, not ${kindOf(found)}.`,
  hint:
    typeof found === "string" && /^(?:yes|no|on|off)$/i.test(found)
      ? "YAML 1.2 knows only true and false."
      : undefined,
});

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a mapping (key: value)",
  record: "a mapping (key: value)",
  array: "a list",
  null: "null",
};

function expectation(issue: Issue): string {
  if (issue.code === "invalid_value") return issue.values.map((value) => `\`${String(value)}\``).join(" or ");
  return issue.code === "invalid_type" ? (kinds[issue.expected] ?? issue.expected) : plain(issue.message);
}

function kindOf(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "boolean") return `\`${value}\``;
  return typeof value === "object" ? "a mapping" : (kinds[typeof value] ?? typeof value);
}

function range(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const unit = { string: " characters", array: " items" }[String(issue.origin)] ?? "";
  return issue.code === "too_small" ? `at least ${issue.minimum}${unit}` : `at most ${issue.maximum}${unit}`;
}

const nameOf = (path: Path): string =>
  String(path.findLast((step) => typeof step === "string") ?? "the file");
const title = (path: Path): string => (path.length === 0 ? "The file" : `\`${nameOf(path)}\``);
const plain = (message: string): string => message.replace(/^Invalid input: /, "").replace(/\.$/, "");
const sentence = (message: string | undefined): string | undefined =>
  message === undefined ? undefined : `${message.charAt(0).toUpperCase()}${plain(message).slice(1)}.`;

/** The value at a path of own keys, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (current, step) =>
      typeof current === "object" && current !== null && Object.hasOwn(current, step)
        ? Object.entries(current).find(([key]) => key === String(step))?.[1]
        : undefined,
    value,
  );
}
