import pg from "pg";
import { afterEach, expect, test, vi } from "vitest";
import { verifiedTls } from "../../src/core/verified-tls.ts";

afterEach(() => vi.restoreAllMocks());

const modes = ["disable", "no-verify", "allow", "prefer", "require", "verify-ca", "verify-full"];

test.each(
  modes.flatMap((mode) => [`sslmode=${mode}`, `application_name=a&sslmode=${mode}&connect_timeout=3`]),
)("with %s the driver does the same as before, and does not warn", (query) => {
  const url = `postgres://app:secret@localhost/shop?${query}`;
  const warned = vi.spyOn(process, "emitWarning").mockReturnValue();
  const after = new pg.Client(verifiedTls(url)).ssl;
  expect(warned).not.toHaveBeenCalled();
  expect(after).toEqual(new pg.Client(url).ssl);
});

test.each([
  "postgres://app:sslmode=require@localhost/shop",
  "postgres://localhost/shop?uselibpqcompat=true&sslmode=require",
])("%s stays as it is", (url) => {
  expect(verifiedTls(url)).toBe(url);
});
