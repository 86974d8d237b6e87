import { isBuiltin, registerHooks } from "node:module";
import process from "node:process";
import { inertImports, logicImports } from "../../config/logic-imports.ts";
import { expectedImports } from "../expected-imports.ts";
import { freeze } from "./freeze.ts";
import { inertCopy } from "./inert.ts";

const scheme = "santokit:";
/** Where the code of a module that is given finds it; it names nothing that a module could not import. */
const key = Symbol.for("santokit.given");

/** Gives a module of Node by its name as logic may have it; undefined where it may not. */
export type GivenModules = (specifier: unknown) => object | undefined;

/** Gives modules frozen: `replaced` by what stands in their place, and inert where logic has no use for them. */
export function givenModules(replaced: ReadonlyMap<string, object>): GivenModules {
  const given = new Map<string, object>();
  return (specifier) => {
    const name = `${specifier}`.replace(/^node:/, "");
    const known = given.get(name);
    if (known !== undefined) return known;
    const instead = replaced.get(name);
    const isAllowed = logicImports.has(name) && instead === undefined;
    if (!isBuiltin(name) || !(isAllowed || instead !== undefined || inertImports.has(name))) return undefined;
    const original: object = Object(process.getBuiltinModule(name));
    const module = isAllowed ? original : { ...inertCopy(name, original), ...instead };
    given.set(name, freeze(module));
    return module;
  };
}

/**
 * From here on only `trusted`, the Bridge's own file, imports the modules of logic, and requires what it likes. Everything
 * else gets a module of Node as `given` has it, whether it imports or requires it.
 */
export function closeImports(trusted: string, given: GivenModules): void {
  Object.defineProperty(globalThis, key, { value: given });
  registerHooks({
    resolve(specifier, context, next) {
      if (context.parentURL === trusted && isItsOwn(specifier, context.conditions))
        return next(specifier, context);
      if (given(specifier) === undefined)
        throw new Error(`\`${specifier}\` cannot be imported by logic: its bundle holds all of it.`);
      return {
        url: `${scheme}${specifier.replace(/^node:/, "")}`,
        format: "module",
        shortCircuit: true,
      };
    },
    load(url, context, next) {
      if (!url.startsWith(scheme)) return next(url, context);
      const name = url.slice(scheme.length);
      return { format: "module", source: sourceOf(name, given(name) ?? {}), shortCircuit: true };
    },
  });
}

/** `import` in code that is made by `eval` is taken for that of the function that ran it, which may be the Bridge's. */
const isItsOwn = (specifier: string, conditions: readonly string[]): boolean =>
  conditions.includes("require") || expectedImports.delete(specifier);

/** A module whose exports are the members of the one that is given, for whoever requires it too. */
function sourceOf(name: string, module: object): string {
  const names = Object.keys(module).filter((one) => one !== "default" && one !== "module.exports");
  return [
    `const given = globalThis[Symbol.for(${JSON.stringify(key.description)})](${JSON.stringify(name)});`,
    'export { given as default, given as "module.exports" };',
    ...names.map(
      (one, index) =>
        `const v${index} = given[${JSON.stringify(one)}]; export { v${index} as ${JSON.stringify(one)} };`,
    ),
  ].join("\n");
}
