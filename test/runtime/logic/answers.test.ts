import { expect, it } from "vitest";
import { serveModules } from "./serve-modules.ts";

it.each([
  ["new Map([['a', 1]])", "A Map is no value of JSON."],
  ["{ deep: [new Set([1])] }", "A Set is no value of JSON."],
  ["{ r: /x/ }", "A RegExp is no value of JSON."],
  ["{ p: Promise.resolve(1) }", "A promise is no value of JSON: await it first."],
  ["{ b: new ArrayBuffer(2) }", "An ArrayBuffer is no value of JSON."],
])(
  "%s is refused with its reason in the log, in an answer and in the details of a failure",
  async (value, reason) => {
    const { call, lines } = await serveModules({
      returned: `return ${value};`,
      failed: `throw context.fail("odd", "It is odd.", { value: ${value} });`,
    });
    for (const path of ["returned", "failed"]) {
      lines.length = 0;
      expect(await call(path)).toMatchObject({ status: 500, body: { error: { code: "internal" } } });
      expect(JSON.stringify(lines)).toContain(reason);
    }
  },
);

it("a value is the same in an answer and in the details of a failure", async () => {
  const value =
    "{ n: [NaN, -Infinity, 1n, -0.5], b: new Uint8Array([0, 255]), c: Buffer.from([0, 255]), d: new Date(0), u: undefined }";
  const { call } = await serveModules({
    returned: `return ${value};`,
    failed: `throw context.fail("odd", "It is odd.", ${value});`,
  });
  const expected = {
    n: ["NaN", "-Infinity", "1", -0.5],
    b: "AP8=",
    c: "AP8=",
    d: "1970-01-01T00:00:00.000Z",
  };
  expect((await call("returned")).body).toEqual({ data: expected });
  expect((await call("failed")).body.error).toMatchObject({ details: { ...expected, code: "odd" } });
});
