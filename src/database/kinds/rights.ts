/**
 * SQL for the statements (text[] or null) that give an object, made anew by who applies, the owner and the rights that
 * it has. Those that its owner has anyway are left out. What default privileges would add to them is taken away first.
 */
export function rightsOf({ word, grantedOn, of, name, owner, acl, defaults, more = "" }: Rights): string {
  const grantee = "case g.grantee when 0 then 'public' else quote_ident(g.grantee::regrole::text) end";
  return `nullif(array(
    select statement from (
      select 0 as step, format('alter ${word} %s owner to %I', ${name}, pg_get_userbyid(${owner})) as statement
      where pg_get_userbyid(${owner}) <> current_user
      union all
      select distinct 1, format('revoke all on ${grantedOn} %s from %s', ${name}, ${grantee})
      from pg_default_acl d cross join aclexplode(d.defaclacl) g
      where d.defaclobjtype = '${of}' and d.defaclnamespace in (0, n.oid) and g.grantee <> ${owner}
      union all
      select 1, format('revoke all on ${grantedOn} %s from public', ${name})
      where ${defaults} and ${acl} is not null
        and not exists (select from aclexplode(${acl}) g where g.grantee = 0)
      union all
      select 2, format('grant %s on ${grantedOn} %s to %s%s', lower(g.privilege_type), ${name}, ${grantee},
        case when g.is_grantable then ' with grant option' else '' end)
      from aclexplode(${acl}) g where g.grantee <> ${owner}${more}) rights
    order by step, statement), '{}')`;
}

/** Where a kind keeps rights; texts are SQL but the words. */
type Rights = {
  /** After ALTER: `view`. */
  word: string;
  /** After GRANT ... ON: `table`. */
  grantedOn: string;
  /** What pg_default_acl calls it. */
  of: "r" | "f";
  name: string;
  owner: string;
  acl: string;
  /** Whether everybody has rights on a new one. */
  defaults: "true" | "false";
  /** More rows, as `union all select 2, statement`. */
  more?: string;
};

/** {@link rightsOf} a view `c` in the schema `n`. */
export const rightsOfView = (word: "view" | "materialized view"): string =>
  rightsOf({
    word,
    grantedOn: "table",
    of: "r",
    name: "format('%I.%I', n.nspname, c.relname)",
    owner: "c.relowner",
    acl: "c.relacl",
    defaults: "false",
    more: `
      union all
      select 2, format('grant %s (%I) on table %I.%I to %s%s', lower(g.privilege_type), a.attname, n.nspname, c.relname,
        case g.grantee when 0 then 'public' else quote_ident(g.grantee::regrole::text) end,
        case when g.is_grantable then ' with grant option' else '' end)
      from pg_attribute a cross join aclexplode(a.attacl) g
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and g.grantee <> c.relowner`,
  });
