import { describe, expect, it } from "vitest";
import { exactJson, parseExact, plainDecimal } from "../../src/core/exact-json.ts";

const digits = (most: number): string =>
  Array.from({ length: 1 + Math.floor(Math.random() * most) }, () => Math.floor(Math.random() * 10)).join("");
const chance = (part: number, text: () => string): string => (Math.random() < part ? text() : "");

/** A number as JSON's grammar has it (RFC 8259, 6). */
const randomNumber = (): string =>
  chance(0.5, () => "-") +
  digits(25).replace(/^0+(?=\d)/, "") +
  chance(0.5, () => `.${digits(25)}`) +
  chance(0.3, () => `${Math.random() < 0.5 ? "e" : "E"}${chance(0.5, () => "-")}${digits(3)}`);

/** JSON of such numbers without a space, which is how JSON.stringify writes. */
const randomJson = (depth = 3): string => {
  const kind = depth === 0 ? 0 : Math.random();
  const several = (): string[] =>
    Array.from({ length: Math.floor(Math.random() * 4) }, () => randomJson(depth - 1));
  if (kind > 0.7) return `[${several().join(",")}]`;
  if (kind > 0.4)
    return `{${several()
      .map((value, index) => `"k${index}":${value}`)
      .join(",")}}`;
  return Math.random() < 0.1 ? '"a:1.0, -0"' : randomNumber();
};

describe("parseExact", () => {
  it("keeps the digits of any number", () => {
    for (let turn = 0; turn < 20_000; turn += 1) {
      const json = randomJson();
      expect(JSON.stringify(parseExact(json, "digits"))).toBe(json);
    }
  });

  it("keeps the value of any number, and leaves a number where a double holds it", () => {
    for (let turn = 0; turn < 20_000; turn += 1) {
      const source = randomNumber();
      const value = parseExact(source, "value");
      if (typeof value !== "number") expect(value).toEqual(JSON.rawJSON(source));
      else expect(trimmed(plainDecimal(String(value)))).toBe(trimmed(plainDecimal(source)));
    }
    for (const source of ["1.0", "-0", "1e3", "1.10", "6.02214076e23", "0.0000001", "0e9"])
      expect(parseExact(`[${source}]`, "value")).toEqual(JSON.parse(`[${source}]`));
  });

  it("is JSON.parse for all else", () => {
    const text = '{"__proto__":{"a":1.0},"b":["1.0",null,true]}';
    expect(parseExact(text, "value")).toEqual(JSON.parse(text));
    expect(() => parseExact("[1.0", "digits")).toThrow(SyntaxError);
  });
});

const trimmed = (text: string | undefined): string | undefined =>
  text?.includes(".") ? text.replace(/\.?0+$/, "") : text;

it("a bigint is a number of JSON, and what is no number is refused", () => {
  expect(exactJson({ a: [2n ** 64n] })).toBe('{"a":[18446744073709551616]}');
  expect(exactJson({ a: Buffer.from("abc"), b: new Uint8Array([1]), c: { type: "Buffer", data: [1] } })).toBe(
    '{"a":"YWJj","b":"AQ==","c":{"type":"Buffer","data":[1]}}',
  );
  expect(exactJson({ a: -0, b: 0 })).toBe('{"a":-0,"b":0}');
  expect(exactJson(undefined)).toBeUndefined();
  expect(() => exactJson({ where: { id: undefined } })).toThrow(
    "`id` is undefined, which JSON would leave out",
  );
  expect(() => exactJson({ a: Number.NaN })).toThrow("NaN is no number of JSON.");
  for (const none of [
    new Map(),
    new Set(),
    /a/,
    new ArrayBuffer(1),
    Promise.resolve(),
    [undefined],
    [() => 1],
    undefined,
    { deep: undefined },
    () => 1,
  ])
    expect(() => exactJson({ none }), String(none)).toThrow(TypeError);
});

it("plainDecimal writes as Postgres does", () => {
  const written = ["-1.50e1", "1e-3", "007", ".5", "5.", "-0.00", "123e-5", "12e-1"].map(plainDecimal);
  expect(written).toEqual(["-15.0", "0.001", "7", "0.5", "5", "0.00", "0.00123", "1.2"]);
  expect(["", "NaN", "-", ".", "1e1001"].map(plainDecimal)).toEqual(Array(5).fill(undefined));
});
