import { expect, it, onTestFinished, vi } from "vitest";
import { shownUrl } from "../../src/database/shown-url.ts";

it.each([
  ["postgres://ada:secret@db:5432/shop?sslmode=require", "postgres://db:5432/shop"],
  ["postgresql://db/shop", "postgres://db:5432/shop"],
  ["postgres://ada:secret@[::1]:5432/shop", "postgres://[::1]:5432/shop"],
  ["postgres:///shop?host=/run/postgresql", "postgres:///shop at /run/postgresql:5432"],
  ["postgres://ada:secret@/shop?host=/run/postgresql&port=5433", "postgres:///shop at /run/postgresql:5433"],
  ["postgres://db/shop?host=elsewhere", "postgres://elsewhere:5432/shop"],
  ["postgres://ada:secret@db/my%20shop?sslrootcert=/none", "postgres://db:5432/my shop"],
  ["pglite:data", "pglite:data"],
])("%s is shown as %s", (url, shown) => {
  expect(shownUrl(url)).toBe(shown);
});

it("takes from PGHOST, PGPORT and PGDATABASE what the URL leaves out", () => {
  vi.stubEnv("PGHOST", "db.example.com");
  vi.stubEnv("PGPORT", "6543");
  vi.stubEnv("PGDATABASE", "shop");
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  expect(shownUrl("postgres://")).toBe("postgres://db.example.com:6543/shop");
  expect(shownUrl("postgres://ada:secret@")).toBe("postgres://db.example.com:6543/shop");
});

it.each([
  "postgres://ada:sec/ret@db/shop",
  "postgres://ada:sec?ret@db/shop",
  "postgres://ada:sec#ret@db/shop",
  "postgres://ada:5432?ret@db/shop",
  "postgres://ada:5432#ret@db/shop",
  "secret",
  "",
])("of %s, which may hold a password anywhere, nothing is shown", (url) => {
  expect(shownUrl(url)).toBe("the database");
});
