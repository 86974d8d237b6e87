import { canonicalJson, type Json } from "../../core/canonical-json.ts";
import { type Digest, digestOf } from "../../core/digest.ts";
import type { CatalogObject } from "./catalog-object.ts";
import type { Column, Model } from "./model.ts";

/** Equal for databases in which the same is declared, in whatever order it was made. */
export const fingerprint = ({ enums, tables, objects, comments }: Model): Digest =>
  digestOf(
    canonicalJson({
      enums: Object.fromEntries([...enums].map(([name, values]) => [name, [...values]])),
      tables: Object.fromEntries(
        [...tables].map(([name, { columns, constraints, indexes, tablespace, storage, ...table }]) => [
          name,
          {
            ...table,
            ...(storage === undefined ? {} : { storage: { ...storage } }),
            columns: plain(new Map([...columns].map(([column, own]) => [column, unnamed(own)]))),
            constraints: plain(constraints),
            indexes: plain(indexes),
          },
        ]),
      ),
      objects: Object.fromEntries([...objects].map(([key, object]) => [key, compared(object)])),
      comments: Object.fromEntries(comments),
    }),
  );

/** Postgres before 18 knows no name for NOT NULL. */
const unnamed = ({ notNull, ...column }: Column): Omit<Column, "notNull"> => column;

const compared = ({ facts }: CatalogObject): Json => ({ ...facts });

const plain = (members: ReadonlyMap<string, { [key: string]: Json | undefined }>): Json =>
  Object.fromEntries(members);
