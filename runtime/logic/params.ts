import type { Logic } from "../../schema/manifest.ts";
import type { Scalar } from "../../schema/predicate.ts";
import { exceeds } from "../sql/exceeds.ts";
import { programValue } from "../sql/json-text.ts";
import { type JsonPath, type Sent, withSentJson } from "../sql/sent-json.ts";
import { holdsJson, isJson, isSentAt, type OwnTypeNames, type SqlType, sqlType } from "../sql/type.ts";
import { invalid, readParams } from "../table/params.ts";

/** A parameter as Postgres' text of its type. */
export type Argument = {
  readonly type: SqlType;
  readonly text: string | null;
  /** Whether the text is as somebody wrote it for Postgres, and not as it is written here. */
  readonly unread?: boolean;
};

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
  types: OwnTypeNames,
): (params: unknown, sent: Sent | undefined) => Arguments {
  const parameters = Object.entries(declared).map(
    ([name, { type: typeName, nullable = false, default: value }]): Parameter => {
      const type = sqlType(typeName, types);
      return { name, type, nullable, default: value === undefined ? undefined : asDefault(type, value) };
    },
  );
  const names = new Set(Object.keys(declared));
  const json = new Map(parameters.flatMap(({ name, type }) => (holdsJson(type) ? [[name, type]] : [])));
  const isJsonAt = ([name, ...path]: JsonPath): boolean => isSentAt(json.get(String(name)), path);
  return (params, sent) => {
    const given = readParams(json.size === 0 ? params : withSentJson(params, sent, isJsonAt), names);
    return new Map(parameters.map((parameter) => [parameter.name, read(parameter, given)]));
  };
}

/** An argument as a program reads it, of its type whatever it was sent as. Each time another object. */
export const argumentValue = ({ type, text }: Argument): unknown =>
  text === null ? null : programValue(type.decode(text));

function read(
  { name, type, nullable, default: byDefault }: Parameter,
  given: Readonly<Record<string, unknown>>,
): Argument {
  const value = Object.hasOwn(given, name) ? given[name] : undefined;
  if (value === undefined) {
    if (byDefault === undefined) throw invalid(name, "is missing");
    return byDefault;
  }
  if (value === null) {
    if (!nullable) throw invalid(name, "is null");
    return { type, text: null };
  }
  const text = type.encode(value);
  if (text === undefined) throw invalid(name, `is not a value of ${type.name}`);
  // A cast to the type, as the statement has one, would cut or pad what a column of it refuses.
  if (exceeds(type, text)) throw invalid(name, `is too long or too large for ${type.name}`);
  return { type, text };
}

/** A default is what Postgres takes for the type: `now` for a date, `{a,b}` for a list and JSON as a text too. */
function asDefault(type: SqlType, value: Scalar): Argument {
  if (value === null) return { type, text: null };
  if (typeof value === "string" && type.element === undefined && isJson(type)) return { type, text: value };
  const encoded = type.encode(value);
  return encoded === undefined ? { type, text: String(value), unread: true } : { type, text: encoded };
}
