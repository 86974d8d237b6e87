import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Diagnostic } from "../core/diagnostic.ts";
import { caution, startOf } from "./problem.ts";

/** Cautions for `.env` files beside stk.yaml that no `.gitignore` up to the repository's root seems to ignore. */
export function exposedEnvFiles(root: string): Diagnostic[] {
  const files = readdirSync(root)
    .filter((name) => /^\.env(?:\.(?!example$|sample$|template$).+)?$/.test(name))
    .sort();
  if (files.length === 0) return [];
  const rules = ignoreRules(root);
  if (rules === undefined) return [];
  return files
    .filter((name) => !rules.some((rule) => matches(rule, name)))
    .map((name) =>
      caution(startOf(name), "env_not_ignored", `Git does not ignore ${name}.`, `Add ${name} to .gitignore.`),
    );
}

/** The lines of every .gitignore that counts for `root`, or undefined outside a repository. */
function ignoreRules(root: string): string[] | undefined {
  const rules: string[] = [];
  for (let directory = root; ; directory = dirname(directory)) {
    const file = join(directory, ".gitignore");
    if (existsSync(file)) rules.push(...readFileSync(file, "utf8").split(/\r?\n/));
    if (existsSync(join(directory, ".git"))) return rules;
    if (directory === dirname(directory)) return undefined;
  }
}

function matches(rule: string, name: string): boolean {
  const pattern = rule.trim().replace(/^(?:\*\*\/|\/)/, "");
  if (pattern === "" || /^[!#]/.test(pattern) || pattern.includes("/")) return false;
  const form = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${form}$`).test(name);
}
