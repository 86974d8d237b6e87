import { lentShadow } from "../../src/database/shadow/lent-shadow.ts";
import { openShadow, type Shadow } from "../../src/database/shadow/shadow.ts";

let shared: Promise<Shadow> | undefined;

/** One embedded Postgres for all the files of a worker, whose end is its end. */
export async function sharedShadow(): Promise<Shadow> {
  shared ??= openShadow();
  return lentShadow(await shared);
}
