import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import pg from "pg";
import { z } from "zod";

/*
 * The floor: what somebody writes by hand with node:http and `pg` who checks nothing at all. It answers the same
 * requests as the Bridge, with the same columns, by two prepared statements.
 */

const { DATABASE_URL, PORT, PIPELINE } = z
  .object({ DATABASE_URL: z.string(), PORT: z.coerce.number(), PIPELINE: z.stringbool().default(false) })
  .parse(process.env);

const connections = 10;
const query = PIPELINE ? await pipelined() : pooled();
const columns = "id, title, status, due_on, owner_id, created_at";
const one = { name: "one", text: `select ${columns} from tasks where id = $1` };
const list = {
  name: "list",
  text: `select ${columns} from tasks where owner_id = $1 order by created_at limit 20`,
};

type Query = (config: pg.QueryConfig) => Promise<pg.QueryResult>;

function pooled(): Query {
  const pool = new pg.Pool({ connectionString: DATABASE_URL, max: connections });
  return (config) => pool.query(config);
}

/** Statements are sent behind those that a connection has, without waiting for their answers. */
async function pipelined(): Promise<Query> {
  const clients = Array.from(
    { length: connections },
    () => new pg.Client({ connectionString: DATABASE_URL, pipeline: true }),
  );
  await Promise.all(clients.map((client) => client.connect()));
  let turn = 0;
  return (config) => {
    turn = (turn + 1) % clients.length;
    const client = clients[turn];
    if (client === undefined) throw new Error("There is no connection.");
    return client.query(config);
  };
}

type Params = { where: { id?: string; owner_id?: string } };

const server = createServer(async (request, response) => {
  if (request.url === "/readyz") return response.end();
  const { params }: { params: Params } = JSON.parse(await text(request));
  const { id, owner_id } = params.where;
  const { rows } = await query(id === undefined ? { ...list, values: [owner_id] } : { ...one, values: [id] });
  const body = JSON.stringify({ data: rows });
  response
    .writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
    .end(body);
});
server.listen(PORT, "127.0.0.1");
