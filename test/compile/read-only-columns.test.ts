import { describe, expect, it } from "vitest";
import { compileProject } from "../../src/compile/compile-project.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { makeSchema } from "../../src/database/shadow/make-schema.ts";
import { inTransaction } from "../../src/database/transaction.ts";
import { readProject } from "../../src/project/read-project.ts";
import { sharedShadow } from "../database/shared-shadow.ts";
import { projectDirectory } from "../project/project-directory.ts";
import { serve, untilReady } from "../runtime/serve.ts";
import { freshDatabase } from "../services/postgres.ts";

const lines = `
tables:
  lines:
    columns:
      id: { type: int, primaryKey: true, identity: always }
      number: { type: int, identity: { generated: by default, start: 100 } }
      price: { type: int, nullable: false }
      twice: { type: int, generated: price * 2 }
`;

const compiled = async (permissions: string) =>
  compileProject(
    await readProject(
      projectDirectory({
        "schema/lines.yaml": lines,
        "config/connections.yaml": 'main: { engine: postgres, url: "${DATABASE_URL}" }',
        "config/permissions.yaml": permissions,
      }),
    ),
    { openShadow: sharedShadow },
  );

const open =
  "tables: { lines: { select: { public: true }, insert: { public: true }, update: { public: true } } }";

describe("columns that Postgres fills by itself", () => {
  it("are read by whoever may read all, and open to nobody to write", async () => {
    const { manifest, diagnostics } = await compiled(open);
    expect(diagnostics).toEqual([]);
    expect(manifest?.permissions).toEqual({
      main: {
        lines: {
          select: { public: { columns: ["id", "number", "price", "twice"] } },
          insert: { public: { columns: ["number", "price"], set: {} } },
          update: { public: { columns: ["number", "price"], set: {} } },
        },
      },
    });
  });

  it("are reported where a rule names them, open or set by the server", async () => {
    const { diagnostics } = await compiled(
      "tables: { lines: { select: { public: true }, insert: { public: { columns: [id, price] } }, update: { public: { columns: [price], set: { twice: 4 } } } } }",
    );
    expect(diagnostics.map(({ code, column, message }) => `${code} ${column}: ${message}`)).toEqual([
      "read_only_column 76: `id` of `lines` is always an identity: nobody can write it.",
      "read_only_column 137: `twice` of `lines` is generated: nobody can write it.",
    ]);
  });

  it("are filled and read through a Bridge, which takes no value for them", async () => {
    const { manifest, declared } = await compiled(open);
    const { url, drop } = await freshDatabase();
    const database = await openPostgres({ url, applicationName: "test", connectTimeoutMs: 5_000 });
    try {
      const schema = declared.main ?? { enums: {}, tables: {} };
      expect(await inTransaction(database, () => makeSchema(database, schema))).toEqual([]);
      const served = await serve({ url, ...(manifest === undefined ? {} : { manifest }) });
      await untilReady(served);
      const { call } = served;
      const inserted = await call("db/main/lines/insert", { values: { price: 5 } });
      expect(inserted.body.data).toEqual({ count: 1, rows: [{ id: 1, number: 100, price: 5, twice: 10 }] });
      const refused = await call("db/main/lines/insert", { values: { price: 5, twice: 11 } });
      expect(refused.body.error).toMatchObject({ code: "forbidden" });
      const updated = await call("db/main/lines/update", { where: { id: 1 }, set: { price: 7 } });
      expect(updated.status).toBe(200);
      const overwritten = await call("db/main/lines/update", { where: { id: 1 }, set: { id: 8 } });
      expect(overwritten.body.error).toMatchObject({ code: "forbidden" });
      const read = await call("db/main/lines/select", {});
      expect(read.body.data).toEqual([{ id: 1, number: 100, price: 7, twice: 14 }]);
    } finally {
      await database.close();
      await drop();
    }
  });
});
