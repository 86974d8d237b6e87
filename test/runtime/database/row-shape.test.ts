import { describe, expect, it } from "vitest";
import { RowShape } from "../../../runtime/database/row-shape.ts";
import { OwnTypes } from "../../../runtime/sql/own-types.ts";

const [text, integer, ownType] = [25, 23, 90_000];
const column = (name: string, dataTypeID: number) => ({ name, dataTypeID });

describe("the shape of rows", () => {
  it("gives rows that share nothing, under any name", () => {
    const shape = new RowShape([column("__proto__", text), column("constructor", integer)], new OwnTypes());
    const [one, other] = [shape.row(["a", "1"]), shape.row([null, null])];
    expect(JSON.stringify([one, other])).toBe(
      '[{"__proto__":"a","constructor":1},{"__proto__":null,"constructor":null}]',
    );
    expect(Object.getPrototypeOf(one)).toBe(Object.prototype);
  });

  it("has the last of two columns with one name", () => {
    const shape = new RowShape([column("n", integer), column("n", text)], new OwnTypes());
    expect([shape.row(["1", "a"]), shape.row(["1", null])]).toEqual([{ n: "a" }, { n: null }]);
  });

  it.each([
    ["another name", [column("m", integer)]],
    ["another type", [column("n", text)]],
    ["one column more", [column("n", integer), column("m", integer)]],
    ["no column", []],
  ])("does not fit %s", (_, fields) => {
    const shape = new RowShape([column("n", integer)], new OwnTypes());
    expect([shape.fits([column("n", integer)]), shape.fits(fields)]).toEqual([true, false]);
  });

  it("tells that a type is not learned yet, until it is", async () => {
    const types = new OwnTypes();
    const fields = [column("own", ownType)];
    expect(new RowShape(fields, types).lacksTypes).toBe(true);
    await types.learn({ fields, rows: [] }, async () => [
      { array: ownType, element: integer, delimiter: "," },
    ]);
    const shape = new RowShape(fields, types);
    expect([shape.lacksTypes, shape.row(["{1,2}"])]).toEqual([false, { own: [1, 2] }]);
  });
});
