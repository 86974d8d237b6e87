import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { digestOf, isDigest } from "../../src/core/digest.ts";

test("a digest is what sha256sum says", () => {
  const [hex] = execFileSync("sha256sum", { input: "santokit", encoding: "utf8" }).split(" ");
  expect(digestOf("santokit")).toBe(`sha256:${hex}`);
});

test.each(["sha256:abc", "sha512:", "SHA256:".padEnd(71, "a"), ""])("%j is not a digest", (text) => {
  expect(isDigest(text)).toBe(false);
});
