import { expect, it } from "vitest";
import { parseChallenges } from "../../src/oci/challenge.ts";

const plain = (header: string) =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

it.each([
  ["", []],
  ["Basic", [["basic", {}]]],
  ['Basic realm="a \\"b\\", c"', [["basic", { realm: 'a "b", c' }]]],
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
    [
      [
        "bearer",
        {
          realm: "https://auth.docker.io/token",
          service: "registry.docker.io",
          scope: "repository:a/b:pull,push",
        },
      ],
    ],
  ],
  ['BEARER Realm = "x" , Service=y', [["bearer", { realm: "x", service: "y" }]]],
  [
    'Negotiate, Basic realm="a", Bearer realm="b"',
    [
      ["negotiate", {}],
      ["basic", { realm: "a" }],
      ["bearer", { realm: "b" }],
    ],
  ],
  [
    'Bearer realm="unfinished',
    [
      ["bearer", {}],
      ["realm", {}],
    ],
  ],
  ["=,=", []],
])("reads %j", (header, challenges) => {
  expect(plain(header)).toEqual(challenges);
});

it("takes no longer for a header made to be slow", () => {
  const started = performance.now();
  parseChallenges(`Bearer ${'a="\\'.repeat(100_000)}`);
  parseChallenges(`${" ,".repeat(100_000)}`);
  expect(performance.now() - started).toBeLessThan(500);
});
