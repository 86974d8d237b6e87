import { expect, test } from "vitest";
import { inspectionLines } from "../../src/deploy/inspection-lines.ts";

test("what an image says of itself stays on its line", () => {
  const label = "nice\n::stop-commands::x\u001b[2J";
  const lines = inspectionLines({
    source: "registry example.com/a:v1",
    image: { digest: "sha256:0", platforms: [], labels: { [label]: label } },
  });
  expect(lines.join("")).toContain("stop-commands");
  expect(lines.filter((line) => /\p{Cc}/u.test(line))).toEqual([]);
});
