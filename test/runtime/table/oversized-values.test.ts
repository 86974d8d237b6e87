import { afterAll, beforeAll, expect, it } from "vitest";
import { CallError } from "../../../runtime/error.ts";
import { Random } from "./random.ts";
import { databaseWith, table, user, type World, worldOf } from "./world.ts";

const types = {
  text: "character varying(3)",
  padded: "character(3)",
  bits: "bit(3)",
  some_bits: "bit varying(2)",
  price: "numeric(4,2)",
  tens: "numeric(2,-1)",
  tiny: "numeric(2,4)",
  short: "short",
  tags: "character varying(3)[]",
};
const times = {
  moment: "timestamp with time zone",
  moments: "timestamp with time zone[]",
  span: "interval",
  between: "tstzrange",
  betweens: "tstzmultirange[]",
  shift: "shift",
};
const digits = ["0", "4", "5", "9", "9", "1"];
const letters = ["a", "é", "😀", " ", " "];
const numberOf = (random: Random): string =>
  `${random.pick(["", "-"])}${random.list(1 + random.below(4), () => random.pick(digits)).join("")}.${random.list(1 + random.below(6), () => random.pick(digits)).join("")}`;
const textOf = (random: Random): string => random.list(random.below(6), () => random.pick(letters)).join("");
const bitsOf = (random: Random): string =>
  random.list(1 + random.below(4), () => random.pick(["0", "1"])).join("");
const someOf: Readonly<Record<string, (random: Random) => unknown>> = {
  text: textOf,
  padded: textOf,
  bits: bitsOf,
  some_bits: bitsOf,
  price: numberOf,
  tens: (random) => numberOf(random).replace(/^-?/, "9"),
  tiny: (random) => `0.0${random.below(1_000)}`,
  short: textOf,
  tags: (random) => random.list(random.below(3), () => textOf(random)),
};

let world: World;
let close: () => Promise<void>;
beforeAll(async () => {
  const columns = Object.entries({ ...types, ...times, small: "small" }).map(
    ([name, type]) => `${name} ${type}`,
  );
  const fresh = await databaseWith(`
    create domain short as varchar(3);
    create domain small as int constraint below check (value < 100);
    create domain shift as tstzrange;
    create table t (id int generated always as identity primary key, ${columns.join(", ")}, during int4range,
      constraint apart exclude using gist (during with &&));
    insert into t default values;`);
  close = fresh.close;
  const names = ["id", ...Object.keys({ ...types, ...times }), "small", "during"];
  const t = table({ id: "integer", ...types, ...times, small: "small", during: "int4range" });
  const all = { columns: names, set: {} };
  world = worldOf(
    fresh.database,
    {
      enums: {},
      domains: { short: "character varying(3)", small: "integer", shift: "tstzrange" },
      tables: { t },
    },
    { t: { select: { public: all }, insert: { public: all }, update: { public: all } } },
  );
});
afterAll(() => close());

const caller = user("ada");
const refusal = (call: string, params: unknown): Promise<unknown> =>
  world.call(call, params, caller).then(
    () => undefined,
    (error: unknown) => (error instanceof CallError ? { code: error.code, ...Object(error.details) } : error),
  );

it("names the value that is longer or greater than its column, exactly where Postgres refuses it", async () => {
  const random = new Random(7);
  const seen = { refused: 0, taken: 0 };
  for (const name of Object.keys(types))
    for (let run = 0; run < 25; run += 1) {
      const value = someOf[name]?.(random);
      const place = `${name} ${JSON.stringify(value)}`;
      const one = await refusal("t/insert", { values: { small: 1, [name]: value } });
      if (one === undefined) seen.taken += 1;
      else seen.refused += 1;
      const told = (path: string) => one && { code: "invalid_params", path };
      expect(one, place).toEqual(told(`values.${name}`));
      const rows = [
        { small: 1, [name]: null },
        { small: 1, [name]: value },
      ];
      expect(await refusal("t/insert", { values: rows }), place).toEqual(told(`values.1.${name}`));
      const set = { small: 1, [name]: value };
      expect(await refusal("t/update", { where: { id: 1 }, set }), place).toEqual(told(`set.${name}`));
    }
  expect(seen.refused).toBeGreaterThan(50);
  expect(seen.taken).toBeGreaterThan(50);
}, 60_000);

it("refuses more digits of a second than Postgres keeps, wherever a second stands", async () => {
  const at = "2026-01-01 00:00:00.123456";
  const values: Readonly<Record<string, (more: string) => unknown>> = {
    moment: (more) => `${at}${more}+00`,
    moments: (more) => [`${at}${more}+00`],
    span: (more) => `1 day 00:00:01.123456${more}`,
    between: (more) => `["${at}${more}+00",)`,
    betweens: (more) => [`{["${at}${more}+00",)}`],
    shift: (more) => `["${at}${more}+00",)`,
  };
  for (const [name, of] of Object.entries(values)) {
    expect([name, await refusal("t/insert", { values: { [name]: of("0") } })]).toEqual([name, undefined]);
    expect([name, await refusal("t/insert", { values: { [name]: of("7") } })]).toEqual([
      name,
      { code: "invalid_params", path: `values.${name}` },
    ]);
  }
});

it("names the check of a domain and the columns that are of it", async () => {
  const told = { code: "constraint_violated", constraint: "below", columns: ["small"] };
  expect(await refusal("t/insert", { values: { small: 100 } })).toEqual(told);
  expect(await refusal("t/update", { where: { id: 1 }, set: { small: 100 } })).toEqual(told);
});

it("is a conflict where a row excludes one that exists", async () => {
  expect(await refusal("t/insert", { values: { during: "[1,5)" } })).toBeUndefined();
  expect(await refusal("t/insert", { values: { during: "[4,6)" } })).toEqual({ code: "conflict" });
});
