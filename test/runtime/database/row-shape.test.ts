import { describe, expect, it } from "vitest";
import { Description, RowMessage } from "../../../runtime/database/row-messages.ts";
import { RowShape } from "../../../runtime/database/row-shape.ts";
import { OwnTypes } from "../../../runtime/sql/own-types.ts";
import { described, rowOf } from "./wire.ts";

const [text, integer, ownType] = [25, 23, 90_000];
const column = (name: string, oid: number) => [name, oid] as const;

function description(columns: readonly (readonly [string, number])[]): Description {
  const bytes = described(columns);
  return new Description(bytes, 0, bytes.length);
}

function row(texts: readonly (string | null)[]): RowMessage {
  const bytes = rowOf(texts);
  return new RowMessage(bytes, 0, bytes.length);
}

describe("the shape of rows", () => {
  it("gives rows that share nothing, under any name", () => {
    const shape = new RowShape(
      description([column("__proto__", text), column("constructor", integer)]),
      new OwnTypes(),
    );
    const [one, other] = [shape.row(row(["a", "1"])), shape.row(row([null, null]))];
    expect(JSON.stringify([one, other])).toBe(
      '[{"__proto__":"a","constructor":1},{"__proto__":null,"constructor":null}]',
    );
    expect(Object.getPrototypeOf(one)).toBe(Object.prototype);
  });

  it("has the last of two columns with one name", () => {
    const shape = new RowShape(description([column("n", integer), column("n", text)]), new OwnTypes());
    expect([shape.row(row(["1", "a"])), shape.row(row(["1", null]))]).toEqual([{ n: "a" }, { n: null }]);
  });

  it.each([
    ["another name", [column("m", integer)]],
    ["another type", [column("n", text)]],
    ["one column more", [column("n", integer), column("m", integer)]],
    ["no column", []],
  ])("does not fit %s", (_, fields) => {
    const shape = new RowShape(description([column("n", integer)]), new OwnTypes());
    expect([shape.fits(description([column("n", integer)])), shape.fits(description(fields))]).toEqual([
      true,
      false,
    ]);
  });

  it("tells that a type is not learned yet, until it is", async () => {
    const types = new OwnTypes();
    const own = description([column("own", ownType)]);
    expect(new RowShape(own, types).lacksTypes).toBe(true);
    await types.learn({ fields: own.fields, rows: [] }, async () => [
      { array: ownType, element: integer, delimiter: "," },
    ]);
    const shape = new RowShape(own, types);
    expect([shape.lacksTypes, shape.row(row(["{1,2}"]))]).toEqual([false, { own: [1, 2] }]);
  });
});
