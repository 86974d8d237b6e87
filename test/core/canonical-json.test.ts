import { expect, test } from "vitest";
import { canonicalJson, canonicalJsonText } from "../../src/core/canonical-json.ts";

test("keys are sorted at every depth and undefined members are left out", () => {
  expect(canonicalJson({ b: [{ z: 1, a: undefined }], a: null })).toBe('{"a":null,"b":[{"z":1}]}');
});

test("the order in which members were made does not show", () => {
  const one = { x: 1, y: { p: 1, q: 2 } };
  const other = { y: { q: 2, p: 1 }, x: 1 };
  expect(canonicalJsonText(one)).toBe(canonicalJsonText(other));
});

test("a member named __proto__ is kept as a member", () => {
  expect(canonicalJson(JSON.parse('{"__proto__":{"a":1}}'))).toBe('{"__proto__":{"a":1}}');
});
