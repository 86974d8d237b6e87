import { expect, test } from "vitest";
import { annotation } from "../../src/cli/annotation.ts";

test("an annotation names the file from the repository's root and escapes what the format uses", () => {
  const text = annotation(
    {
      code: "unknown_key",
      severity: "error",
      message: "100% wrong\nreally",
      hint: "Fix it.",
      file: "schema/a,b:c.yaml",
      line: 2,
      column: 3,
    },
    "/repo/services/api",
    "/repo",
  );
  expect(text).toBe(
    "::error file=services/api/schema/a%2Cb%3Ac.yaml,line=2,col=3,title=unknown_key::100%25 wrong%0Areally Fix it.",
  );
});
