import type { OwnTypes } from "../sql/own-types.ts";
import type { Decoder } from "../sql/values.ts";
import type { Row } from "./database.ts";
import { noteRepeated, repeatedColumn } from "./repeated-column.ts";
import type { Description, Field, RowMessage } from "./row-messages.ts";

/** The columns of a result, and how rows are made of what Postgres sends. */
export class RowShape {
  readonly fields: readonly Field[];
  /** Whether a type is not learned yet, so that its values are given as Postgres' text. */
  readonly lacksTypes: boolean;
  readonly #description: Buffer;
  readonly #columns: readonly { readonly name: string; readonly decode: Decoder }[];
  /** Copied for each row: V8 then knows all of them by one description. */
  readonly #empty: Row;
  readonly #repeated: string | undefined;

  constructor(description: Description, types: OwnTypes) {
    const { fields } = description;
    this.#description = description.copy();
    this.fields = fields;
    this.lacksTypes = types.lacks({ fields });
    this.#columns = fields.map(({ name, dataTypeID }) => ({ name, decode: types.getTypeParser(dataTypeID) }));
    this.#empty = Object.fromEntries(fields.map(({ name }) => [name, null]));
    this.#repeated = repeatedColumn(fields);
  }

  /** Whether it has the columns of a description. */
  fits(description: Description): boolean {
    return description.equals(this.#description);
  }

  /** Of two columns with one name the last is there, and the row says so. */
  row(message: RowMessage): Row {
    const row = { ...this.#empty };
    message.read((text, index) => {
      const column = this.#columns[index];
      if (column !== undefined) row[column.name] = text === null ? null : column.decode(text);
    });
    return this.#repeated === undefined ? row : noteRepeated(row, this.#repeated);
  }
}
