import { expect, it } from "vitest";
import { Session } from "../../runtime/database/session.ts";
import { OpenTransactions } from "../../runtime/logic/open-transactions.ts";

it.each([Session, OpenTransactions])("no code takes the place of what %o does", (one) => {
  for (const object of [one, one.prototype]) {
    const [name = ""] = Object.getOwnPropertyNames(object).filter(
      (key) => !/^(?:length|name|prototype)$/.test(key),
    );
    expect(Reflect.set(object, name, () => undefined)).toBe(false);
  }
});
