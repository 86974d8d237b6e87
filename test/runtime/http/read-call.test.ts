import { describe, expect, it } from "vitest";
import { readCall } from "../../../runtime/http/read-call.ts";
import { callRequest } from "../../../schema/wire.ts";

const accepted = (body: string): unknown => {
  try {
    return readCall(Buffer.from(body), 100);
  } catch {
    return "refused";
  }
};

const declared = (body: string): unknown => {
  const parsed = callRequest.safeParse(JSON.parse(body));
  return parsed.success ? parsed.data : "refused";
};

describe("the check by hand", () => {
  it("takes what the declared format takes, and nothing else", () => {
    const paths = [
      "undefined",
      '"a"',
      '""',
      "1",
      "null",
      "[]",
      "{}",
      JSON.stringify("x".repeat(200)),
      JSON.stringify("x".repeat(201)),
    ];
    const params = ["undefined", "{}", '{"a":1}', "null", "[]", "1", '"a"', '{"a":{"b":[1,null]}}'];
    const others = ["", '"c":1', '"toString":1', '"key":"k"', '"key":1', '"key":"a b"', '"key":""'];
    let taken = 0;
    for (const path of paths)
      for (const param of params)
        for (const other of others) {
          const members = [
            path === "undefined" ? "" : `"path":${path}`,
            param === "undefined" ? "" : `"params":${param}`,
            other,
          ];
          const body = `{${members.filter((member) => member !== "").join(",")}}`;
          expect({ body, result: accepted(body) }).toEqual({ body, result: declared(body) });
          if (accepted(body) !== "refused") taken += 1;
        }
    expect(taken).toBe(16);
    for (const body of ["null", "1", "[]", '"a"', "true"]) expect(accepted(body)).toBe("refused");
  });

  it.each([
    [Buffer.from([0x22, 0xff, 0x22]), "UTF-8"],
    ["{", "not JSON"],
    ["[]", "not a JSON object"],
    ["null", "not a JSON object"],
    ['{"path":"a","other":1}', "members other than"],
    ['{"path":""}', "`path` is not"],
    ['{"path":"a","params":[]}', "`params` is not an object"],
    ['{"path":"a","params":{"a":{"b":[]}}}', "deeper than 2 levels"],
  ])("says what is wrong with %s", (body, said) => {
    const refused = expect.objectContaining({
      code: "malformed_request",
      message: expect.stringContaining(said),
    });
    expect(() => readCall(Buffer.from(body), 2)).toThrow(refused);
  });

  it("takes what nests as deep as it may, where a number that a double would change is a value", () => {
    const params = { a: { b: JSON.rawJSON("9007199254740993"), c: "text" } };
    expect(readCall(Buffer.from('{"path":"a","params":{"a":{"b":9007199254740993,"c":"text"}}}'), 2)).toEqual(
      {
        path: "a",
        params,
      },
    );
    expect(readCall(Buffer.from('{"path":"a","params":{"a":[1,[]],"b":2}}'), 3)).toMatchObject({ path: "a" });
  });

  it("gives the key, from the body as from the header, with params and without", () => {
    expect(readCall(Buffer.from('{"path":"a","key":"k"}'), 2)).toEqual({ path: "a", key: "k" });
    expect(readCall(Buffer.from('{"path":"a","params":{}}'), 2, "k")).toEqual({
      path: "a",
      params: {},
      key: "k",
    });
    expect(readCall(Buffer.from('{"path":"a"}'), 2)).not.toHaveProperty("key");
  });

  it("leaves prototypes alone", () => {
    readCall(
      Buffer.from(
        '{"path":"a","params":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}}',
      ),
      5,
    );
    expect("polluted" in {}).toBe(false);
  });

  it("takes the last of members with one name", () => {
    expect(readCall(Buffer.from('{"path":"a","path":"b"}'), 5)).toEqual({ path: "b" });
  });
});
