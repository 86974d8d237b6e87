import { z } from "zod";

const expected = "write a port from 0 to 65535";

/** The port of an option `--port`: 8080 without it, and 0 for any that is free. */
export const port = z
  .string()
  .regex(/^\d{1,5}$/, expected)
  .transform(Number)
  .refine((number) => number <= 65_535, expected)
  .default(8080);
