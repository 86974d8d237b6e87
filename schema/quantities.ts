import { z } from "zod";

const durationUnits = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const sizeUnits = { b: 1, kb: 1_024, mb: 1_024 ** 2 } as const;

/** A time such as `500ms`, `10s`, `5m`, `1h`. */
export const duration = z
  .string()
  .regex(/^[1-9][0-9]{0,8}(ms|s|m|h|d)$/, "write a time such as 500ms, 10s or 5m")
  .meta({ description: "A time: 500ms, 10s, 5m, 1h, 1d." });

/** A {@link duration}, or `0s` for none. */
export const durationOrNone = z
  .string()
  .regex(/^(0s|[1-9][0-9]{0,8}(ms|s|m|h|d))$/, "write a time such as 500ms, 10s or 5m, or 0s for none")
  .meta({ description: "A time: 500ms, 10s, 5m, 1h, 1d; or 0s for none." });

/** A size such as `64kb` or `1mb`, in powers of 1024. */
export const size = z
  .string()
  .regex(/^[1-9][0-9]{0,8}(b|kb|mb)$/, "write a size such as 64kb or 1mb")
  .meta({ description: "A size: 512b, 64kb, 1mb (powers of 1024)." });

/** The milliseconds of a {@link duration} or a {@link durationOrNone}. */
export const milliseconds = (text: string): number => scaled(text, durationUnits);

/** The bytes of a {@link size}. */
export const bytes = (text: string): number => scaled(text, sizeUnits);

function scaled(text: string, units: Readonly<Record<string, number>>): number {
  const [, amount = "0", unit = ""] = /^(\d+)([a-z]+)$/.exec(text) ?? [];
  return Number(amount) * (units[unit] ?? Number.NaN);
}
