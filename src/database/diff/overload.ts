import type { Key } from "../model/catalog-object.ts";

/** Whether two keys are of functions of one name, with other arguments. */
export const isOverload = (a: Key, b: Key): boolean =>
  a !== b && a.startsWith("routine:") && withoutArguments(a) === withoutArguments(b);

const withoutArguments = (key: Key): Key => key.slice(0, key.indexOf("("));
