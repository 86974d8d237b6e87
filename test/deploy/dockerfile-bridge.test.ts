import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { entrypoint } from "../../src/deploy/base/built-in.ts";
import { accounts, user } from "../../src/deploy/base/system.ts";

const dockerfile = readFileSync("Dockerfile.bridge", "utf8");

test("Dockerfile.bridge starts the Bridge as the built-in base does, as the same user", () => {
  const [, words = "[]"] = /^ENTRYPOINT (.*)$/m.exec(dockerfile) ?? [];
  expect(JSON.parse(words)).toEqual(entrypoint);
  expect(dockerfile).toContain(`\nUSER ${user.spec}\n`);
});

test.each(Object.entries(accounts))("Dockerfile.bridge writes the same %s", (path, text) => {
  expect(dockerfile).toContain(`printf '${text.replaceAll("\n", "\\n")}' > /base/${path}`);
});
