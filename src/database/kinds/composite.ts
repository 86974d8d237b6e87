import { z } from "zod";
import { notOfExtension } from "../catalog/queries.ts";
import { quoteIdentifier, quoteName } from "../identifier.ts";
import { defineKind, type Obstacle } from "./kind.ts";

const attribute = z.strictObject({
  name: z.string(),
  type: z.string(),
  /** Where it is not the type's own. */
  collation: z.string().nullable(),
});
type Attribute = z.infer<typeof attribute>;

const facts = z.strictObject({ attributes: z.array(attribute) });

const attributeSql = ({ name, type, collation }: Attribute): string =>
  `${quoteIdentifier(name)} ${type}${collation === null ? "" : ` collate ${collation}`}`;

/** Row types that are no table's (PostgreSQL documentation, CREATE TYPE). */
export const composite = defineKind({
  kind: "composite",
  word: "composite type",
  catalog: "pg_type",
  holdsData: false,
  query: `
    select t.oid::text, n.nspname::text as schema, t.typname::text as name, null as table,
      json_build_object('attributes', coalesce((
        select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
          'collation', case when a.attcollation <> y.typcollation then a.attcollation::regcollation::text end)
          order by a.attnum)
        from pg_attribute a join pg_type y on y.oid = a.atttypid
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]'::json)) as facts,
      null::text[] as grants
    from pg_type t join pg_namespace n on n.oid = t.typnamespace and n.nspname = any ($1)
      join pg_class c on c.oid = t.typrelid and c.relkind = 'c'
    where position('.' in t.typname) = 0 and ${notOfExtension("pg_type", "t.oid")}
    order by t.oid`,
  facts,
  create: ({ name, facts: { attributes } }) => [
    `create type ${quoteName(name)} as (${attributes.map(attributeSql).join(", ")})`,
  ],
  drop: ({ name }) => `drop type ${quoteName(name)}`,
  alter({ name, facts: { attributes: from } }, { facts: { attributes: to } }, isStored) {
    const begins = from.every((one, index) => one.name === to[index]?.name && isSameType(one, to[index]));
    if (begins)
      return to
        .slice(from.length)
        .map((added) => `alter type ${quoteName(name)} add attribute ${attributeSql(added)}`);
    return isStored ? obstacle(name, from, to) : undefined;
  },
});

const isSameType = (a: Attribute, b: Attribute | undefined): boolean =>
  a.type === b?.type && a.collation === b.collation;

function obstacle(name: string, from: readonly Attribute[], to: readonly Attribute[]): Obstacle {
  const another = `Or declare a composite type of another name, and make that the columns' type.`;
  const gone = from.find((one) => !to.some((other) => other.name === one.name));
  if (gone !== undefined)
    return {
      code: "composite_attribute_dropped",
      message: `The composite type ${name} has an attribute ${gone.name}, which is not declared, and tables hold values of it. To drop it would lose them.`,
      wayOut: `Declare it to keep it. ${another}`,
    };
  const changed = from.find(
    (one) =>
      !isSameType(
        one,
        to.find((other) => other.name === one.name),
      ),
  );
  if (changed !== undefined)
    return {
      code: "composite_attribute_type",
      message: `The attribute ${changed.name} of the composite type ${name} is ${changed.type} in the database and another in the declaration, and tables hold values of it. Postgres cannot change that.`,
      wayOut: `Declare it as ${changed.type}. ${another}`,
    };
  return {
    code: "composite_attribute_order",
    message: `The composite type ${name} has its attributes in another order: ${from.map((one) => one.name).join(", ")}. Postgres adds new ones at the end, and tables hold values of it.`,
    wayOut: `Declare them in the database's order, and new ones last. ${another}`,
  };
}
