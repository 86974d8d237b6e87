import { readArray } from "./array.ts";
import { asText, type Decoder, decoderOf } from "./values.ts";

/** What a driver gives of a statement's result: its columns' types, and the rows with what was decoded. */
export type Result = {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  readonly rows: readonly Record<string, unknown>[];
};

/** Asks the database that the result came from. */
export type Ask = (text: string, values: readonly string[]) => Promise<readonly Record<string, unknown>[]>;

/** The element of each array type; its base type where it is a domain. */
const elements = `
  with recursive base as (
    select a.oid as of, e.oid, e.typtype, e.typbasetype, e.typdelim
    from pg_catalog.pg_type a join pg_catalog.pg_type e on e.typarray = a.oid
    where a.oid = any($1::oid[])
    union all
    select b.of, t.oid, t.typtype, t.typbasetype, b.typdelim
    from base b join pg_catalog.pg_type t on b.typtype = 'd' and t.oid = b.typbasetype)
  select of::int8::text as array, oid::int8::text as element, typdelim::text as delimiter from base where typtype <> 'd'`;

/**
 * The decoders of one session, which learns what only its database knows: which of its types are arrays, and of what.
 * Everything else that is not built in, such as an enum, is Postgres' own text.
 */
export class OwnTypes {
  readonly #learned = new Map<number, Decoder>();

  /** The decoder of a type; Postgres' text until it is learned. */
  getTypeParser(oid: number): Decoder {
    return decoderOf(oid) ?? this.#learned.get(oid) ?? asText;
  }

  /** Whether a result has a column of a type that is not learned yet. */
  lacks({ fields }: Pick<Result, "fields">): boolean {
    return fields.some(({ dataTypeID }) => this.#isUnknown(dataTypeID));
  }

  /** Learns the types of a result and decodes what is still text in it. */
  async learn(result: Result, ask: Ask): Promise<void> {
    const all = result.fields.map(({ dataTypeID }) => dataTypeID);
    const oids = new Set(all.filter((oid) => this.#isUnknown(oid)));
    const found = await ask(elements, [`{${[...oids].join(",")}}`]);
    const decoders = new Map(
      found.map(({ array, element, delimiter }): [number, Decoder] => {
        const decode = this.getTypeParser(Number(element));
        return [Number(array), (text) => readArray(text, decode, String(delimiter))];
      }),
    );
    for (const oid of oids) this.#learned.set(oid, decoders.get(oid) ?? asText);
    this.decode(result, (oid) => oids.has(oid));
  }

  /** Decodes the columns of a result that are of such types and still text. Of two with one name the last is there. */
  decode({ fields, rows }: Result, isOne: (oid: number) => boolean = () => true): void {
    for (const [name, oid] of new Map(fields.map((field) => [field.name, field.dataTypeID]))) {
      const decode = this.getTypeParser(oid);
      if (decode === asText || !isOne(oid)) continue;
      for (const row of rows) {
        const text = row[name];
        if (typeof text === "string") row[name] = decode(text);
      }
    }
  }

  #isUnknown(oid: number): boolean {
    return decoderOf(oid) === undefined && !this.#learned.has(oid);
  }
}
