import { expect, it } from "vitest";
import { asSystemError } from "../../src/core/system-error.ts";

const hint = "Make room on the disk.";
const message = "The system refused: no space left on device, write.";

it("says what to do about a full disk, whoever tells of it", () => {
  const told = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  expect(asSystemError(Object.assign(told, { syscall: "write" }), {})).toMatchObject({ message, hint });
  expect(asSystemError(told, {})).toMatchObject({ message, hint });
  // The embedded Postgres throws what is no Error, with a number of WASI.
  expect(asSystemError({ name: "ErrnoError", errno: 51 }, {})).toMatchObject({
    message: "The system refused: no space left on device.",
    hint,
  });
});

it("takes nothing else for a refusal of the system", () => {
  for (const error of [
    new Error("x"),
    { name: "ErrnoError", errno: 9 },
    { code: "ENOSPC" },
    "ENOSPC",
    null,
    undefined,
  ])
    expect(asSystemError(error, {})).toBeUndefined();
});
