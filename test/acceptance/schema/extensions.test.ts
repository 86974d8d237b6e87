import { freshDatabase } from "../../services/postgres.ts";
import { runCases } from "./run-cases.ts";

await runCases(
  [
    {
      name: "makes an extension before what rests on it",
      new: "extensions: { citext: {} }\ntables: { t: { columns: { mail: { type: citext, unique: true } } } }",
      steps: ["Create the extension citext", "Create the table t"],
    },
    {
      name: "sees nothing of what an extension brings",
      old: "extensions: { citext: {}, pg_trgm: {}, hstore: {}, pgcrypto: {} }",
      new: "extensions: { citext: {}, pg_trgm: {}, hstore: {}, pgcrypto: {} }",
      steps: [],
      notices: [],
    },
    {
      name: "leaves an extension alone that is not declared",
      seed: "create extension citext",
      new: "{}",
      steps: [],
      notices: ["citext"],
      more: true,
    },
    {
      name: "makes an extension that the embedded Postgres lacks",
      serversOnly: true,
      old: "tables: { t: { columns: { a: { type: text } } } }",
      seed: "create extension pgrowlocks",
      new: "extensions: { pgrowlocks: {}, pgstattuple: { comment: to look at bloat } }\ntables: { t: { columns: { a: { type: text } } } }",
      steps: ["Create the extension pgstattuple", 'Comment on extension "pgstattuple"'],
    },
    {
      name: "says where the server lacks an extension too",
      serversOnly: true,
      new: "extensions: { pg_cron: {} }",
      blocked: ["extension_unavailable pg_cron: The server has no extension pg_cron."],
    },
    {
      name: "turns text into citext and back",
      old: "extensions: { citext: {} }\ntables: { t: { columns: { a: { type: text }, b: { type: citext } } } }",
      seed: "insert into t values ('A', 'B')",
      new: "extensions: { citext: {} }\ntables: { t: { columns: { a: { type: citext }, b: { type: text } } } }",
    },
    {
      name: "adds an extension to a table with rows",
      old: "tables: { t: { columns: { a: { type: text } } } }",
      seed: "insert into t values ('a')",
      new: "extensions: { pg_trgm: {} }\ntables: { t: { columns: { a: { type: text } }, indexes: [{ columns: [{ column: a, opclass: gin_trgm_ops }], method: gin }] } }",
      rows: { "select a from t where a like '%a%'": [{ a: "a" }] },
    },
    {
      name: "makes an extension in a schema",
      new: 'schemas: { ext: {} }\nextensions: { citext: { schema: ext } }\ntables: { t: { columns: { a: { type: ext.citext }, b: { type: "ext.citext[]" } } } }',
      steps: ["Create the schema ext", "Create the extension citext", "Create the table t"],
    },
    {
      name: "never moves an extension",
      old: "schemas: { ext: {} }",
      seed: "create extension citext schema ext",
      new: "schemas: { ext: {} }\nextensions: { citext: {} }",
      blocked: [
        "extension_schema citext: The extension citext is in the schema ext and is declared in public.",
      ],
      wayOut:
        'Declare where it is: extensions: { citext: { schema: ext } }. Or move it yourself, and what names its schema with it: alter extension "citext" set schema "public"',
    },
    {
      name: "makes an extension after the one that it rests on",
      new: "extensions: { earthdistance: {}, cube: {} }",
      steps: ["Create the extension cube", "Create the extension earthdistance"],
    },
    {
      name: "drops an extension that is declared as removed",
      old: "extensions: { citext: {}, hstore: {} }",
      new: "extensions: { hstore: {} }\nremoved: { extensions: [citext] }",
      sql: ['drop extension "citext"'],
    },
    {
      name: "drops an extension after what rested on it",
      old: "extensions: { citext: {} }\ntables: { t: { columns: { a: { type: citext } } } }",
      seed: "insert into t values ('a')",
      new: "removed: { extensions: [citext] }\ntables: { t: { columns: { a: { type: text } } } }",
      steps: ["Change the type of t.a from citext to text", "Drop the extension citext"],
    },
    {
      name: "never drops an extension that something rests on",
      seed: "create extension citext; create table other (a citext); create view v as select 'a'::citext as a",
      new: "removed: { extensions: [citext] }",
      blocked: [
        "still_used citext: The extension citext is declared as removed, and other things rest on it: column other.a, view v.",
      ],
      notices: ["other", "v"],
    },
    {
      name: "never drops an extension that a table outside rests on",
      seed: "create extension citext; create schema away; create table away.t (a citext)",
      new: "removed: { extensions: [citext] }",
      blocked: [
        "still_used citext: The extension citext is declared as removed, and other things rest on it: column a of table away.t.",
      ],
    },
    {
      name: "says where the server lacks a version",
      seed: "create extension citext",
      new: "extensions: { citext: { version: '1.4' } }",
      blocked: [
        "extension_version citext: The server has no way from the present version of the extension citext to 1.4.",
      ],
    },
    {
      name: "brings an extension to its version",
      seed: "create extension citext version '1.5'",
      new: "extensions: { citext: { version: '1.6' } }",
      sql: [`alter extension "citext" update to '1.6'`],
    },
    {
      name: "makes an extension in a version that is not the server's own",
      new: "extensions: { citext: { version: '1.5' } }",
      sql: [`create extension "citext" schema "public" version '1.5'`],
    },
    {
      name: "generates keys by what an extension brings",
      new: "extensions: { uuid-ossp: {}, btree_gist: {} }\ntables: { t: { columns: { id: { type: uuid, primaryKey: true, default: uuid_generate_v4() } } } }",
    },
  ],
  freshDatabase,
);
