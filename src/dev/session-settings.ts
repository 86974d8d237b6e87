import { sessionSettings } from "../../runtime/sql/values.ts";
import { quoteLiteral } from "../database/identifier.ts";
import type { EmbeddedDatabase } from "../database/pglite.ts";

/** Sets what the Bridge takes for granted of a session, which PGlite does not take from a client that connects. */
export async function applySessionSettings({ pglite }: EmbeddedDatabase): Promise<void> {
  const statements = Object.entries(sessionSettings).map(
    ([name, value]) => `set ${name} = ${quoteLiteral(value)};`,
  );
  await pglite.exec(statements.join("\n"));
}
