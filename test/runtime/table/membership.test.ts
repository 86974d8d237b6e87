import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeclaredSchema } from "../../../schema/declared.ts";
import type { SelectRule } from "../../../schema/manifest.ts";
import type { Predicate } from "../../../schema/predicate.ts";
import { databaseWith, table, user, type World, worldOf } from "./world.ts";

const schema: DeclaredSchema = {
  enums: {},
  tables: {
    orders: table({ id: "integer", owner: "integer", org: "integer" }),
    members: table({ org: "integer", person: "integer", role: "text" }),
  },
};

let world: World;
let close: () => Promise<void>;

beforeAll(async () => {
  const fresh = await databaseWith(`
    create table members (org int, person int, role text);
    insert into members select i % 500, i % 700, case when i % 2 = 0 then 'lead' else 'member' end
      from generate_series(1, 5000) i;
    insert into members values (null, 1, 'lead'), (3, 1, 'lead'), (3, 1, 'lead');
    create table orders (id int primary key, owner int, org int);
    insert into orders select i, i % 5000, nullif(i % 2000, 7) from generate_series(1, 20000) i;
    create index on orders (owner); create index on orders (org); create index on members (person);`);
  close = fresh.close;
  world = worldOf(fresh.database, schema, {});
  await fresh.database.query({ text: "analyze" }, []);
});
afterAll(() => close());

const member = { exists: { table: "members", where: { org: "$row.org", person: "$user.id" } } };
const under = (where: SelectRule["where"]): World =>
  world.under({ orders: { select: { authenticated: { columns: ["id"], where } } } });

describe("own rows or those of my organisations", () => {
  it("are found by indexes, and the organisations are read once", async () => {
    const orders = under({ or: [{ owner: "$user.id" }, member] });
    const rows = await orders.call("orders/select", {}, user("1"));
    expect(rows).toHaveLength(
      Number(
        (
          await world.database.query(
            {
              text: `select count(*) from orders o where owner = 1 or exists (
                select from members m where m.org = o.org and person = 1)`,
            },
            [],
          )
        ).rows[0]?.count,
      ),
    );
    const [sent] = orders.sent;
    const plan = await world.database.query(
      { text: `explain (costs off) ${sent?.text}` },
      sent?.values ?? [],
    );
    const text = plan.rows.map((row) => row["QUERY PLAN"]).join("\n");
    expect(text).toMatch(/BitmapOr/);
    expect(text).not.toMatch(/Seq Scan on orders|SubPlan/);
  });

  it.each<[string, Predicate, string]>([
    ["under not", { not: member }, "exists"],
    [
      "by another comparison",
      { exists: { table: "members", where: { org: { gt: "$row.org" }, person: "$user.id" } } },
      "exists",
    ],
    [
      "by two columns",
      { exists: { table: "members", where: { org: "$row.org", person: "$row.owner" } } },
      "exists",
    ],
    ["of nobody's own", { exists: { table: "members", where: { org: "$row.org", role: "lead" } } }, "exists"],
    [
      "with a role",
      { exists: { table: "members", where: { org: "$row.org", person: "$user.id", role: "lead" } } },
      "= any",
    ],
  ])("are asked for as they are written: %s", async (_, where, form) => {
    const orders = under(where);
    await orders.call("orders/select", { limit: 1 }, user("1"));
    expect(orders.sent[0]?.text).toContain(form);
    expect(orders.sent[0]?.text).not.toContain(form === "exists" ? "= any" : "exists");
  });
});
