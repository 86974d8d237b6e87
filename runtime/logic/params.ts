import type { Logic } from "../../schema/manifest.ts";
import type { Scalar } from "../../schema/predicate.ts";
import { readArray } from "../sql/array.ts";
import { type SqlType, sqlType } from "../sql/type.ts";
import { invalid, readParams } from "../table/params.ts";
import { ownCopy } from "./own-copy.ts";

/** A parameter as JSON, and as Postgres' text of its type. */
export type Argument = { readonly value: unknown; readonly text: string | null };

/** The arguments of a call by name. */
export type Arguments = ReadonlyMap<string, Argument>;

type Parameter = {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly default: Argument | undefined;
};

/** Compiles the declared parameters into what reads the params of a call, or throws `invalid_params`. */
export function compileParams(
  declared: Logic["params"],
  enums: ReadonlyMap<string, readonly string[]>,
): (params: unknown) => Arguments {
  const parameters = Object.entries(declared).map(
    ([name, { type, nullable = false, default: value }]): Parameter => {
      const known = sqlType(type, enums);
      return {
        name,
        type: known,
        nullable,
        default: value === undefined ? undefined : asDefault(known, value),
      };
    },
  );
  const names = new Set(Object.keys(declared));
  return (params) => {
    const given = readParams(params, names);
    return new Map(parameters.map((parameter) => [parameter.name, read(parameter, given)]));
  };
}

function read(
  { name, type, nullable, default: byDefault }: Parameter,
  given: Readonly<Record<string, unknown>>,
): Argument {
  const value = Object.hasOwn(given, name) ? given[name] : undefined;
  if (value === undefined) {
    if (byDefault === undefined) throw invalid(name, "is missing");
    // One default stands for all calls, and what a module is given is its own.
    return typeof byDefault.value === "object"
      ? { ...byDefault, value: ownCopy(byDefault.value) }
      : byDefault;
  }
  if (value === null) {
    if (!nullable) throw invalid(name, "is null");
    return { value, text: null };
  }
  const text = type.encode(value);
  if (text === undefined) throw invalid(name, `is not a value of ${type.name}`);
  return { value, text };
}

/** A default is what Postgres takes for the type, `now` for a date and `{a,b}` for a list too. */
function asDefault(type: SqlType, value: Scalar): Argument {
  if (value === null) return { value, text: null };
  if (typeof value === "string" && type.element !== undefined)
    return { value: readArray(value, String), text: value };
  if (typeof value === "string" && isJson(type)) return { value: parsed(value), text: value };
  return { value, text: type.encode(value) ?? String(value) };
}

const isJson = (type: SqlType): boolean => type.name === "json" || type.name === "jsonb";

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
