import { expect, test } from "vitest";
import { suggest } from "../../src/core/suggest.ts";

test("a near name is suggested", () => {
  expect(suggest("titel", ["status", "title"])).toBe("Did you mean `title`?");
});

test("nothing is suggested where nothing is near, or there is nothing", () => {
  expect(suggest("owner", ["status", "title"])).toBeUndefined();
  expect(suggest("owner", [])).toBeUndefined();
});
