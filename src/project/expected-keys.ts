import { z } from "zod";
import type { Path } from "./project.ts";

/** The keys that a format has at a path, over all branches of its unions; empty where any key may stand. */
export function expectedKeys(format: z.core.$ZodType, path: Path): string[] {
  const formats = path.reduce<z.core.$ZodType[]>(
    (current, step) => current.flatMap((one) => inner(one, step)),
    [format],
  );
  const shapes = formats.flatMap(branches).filter((one) => one instanceof z.ZodObject);
  return [...new Set(shapes.flatMap((one) => Object.keys(one.shape)))];
}

function inner(format: z.core.$ZodType, step: string | number): z.core.$ZodType[] {
  return branches(format).flatMap((one) => {
    if (one instanceof z.ZodArray) return [one.element];
    if (one instanceof z.ZodRecord) return [one.valueType];
    if (!(one instanceof z.ZodObject)) return [];
    const member = Object.hasOwn(one.shape, step) ? one.shape[step] : one.def.catchall;
    return member === undefined ? [] : [member];
  });
}

function branches(format: z.core.$ZodType): z.core.$ZodType[] {
  if (format instanceof z.ZodOptional) return branches(format.unwrap());
  if (format instanceof z.ZodLazy) return branches(format.unwrap());
  if (format instanceof z.ZodUnion) return format.options.flatMap(branches);
  return [format];
}
