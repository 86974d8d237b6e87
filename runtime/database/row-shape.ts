import type { OwnTypes } from "../sql/own-types.ts";
import type { Decoder } from "../sql/values.ts";
import type { Row } from "./database.ts";

/** A column of a result, as Postgres describes it. */
export type Field = { readonly name: string; readonly dataTypeID: number };

/** The columns of a result, and how rows are made of what Postgres sends. */
export class RowShape {
  readonly fields: readonly Field[];
  /** Whether a type is not learned yet, so that its values are given as Postgres' text. */
  readonly lacksTypes: boolean;
  readonly #columns: readonly { readonly name: string; readonly decode: Decoder }[];
  /** Copied for each row: V8 then knows all of them by one description. */
  readonly #empty: Row;

  constructor(fields: readonly Field[], types: OwnTypes) {
    this.fields = fields;
    this.lacksTypes = types.lacks({ fields });
    this.#columns = fields.map(({ name, dataTypeID }) => ({ name, decode: types.getTypeParser(dataTypeID) }));
    this.#empty = Object.fromEntries(fields.map(({ name }) => [name, null]));
  }

  /** Whether other columns have the same names and types. */
  fits(fields: readonly Field[]): boolean {
    return (
      fields.length === this.fields.length &&
      this.fields.every(
        ({ name, dataTypeID }, index) =>
          fields[index]?.name === name && fields[index]?.dataTypeID === dataTypeID,
      )
    );
  }

  /** Of two columns with one name the last is there. */
  row(texts: readonly (string | null)[]): Row {
    const row = { ...this.#empty };
    let index = 0;
    for (const { name, decode } of this.#columns) {
      const text = texts[index++] ?? null;
      row[name] = text === null ? null : decode(text);
    }
    return row;
  }
}
