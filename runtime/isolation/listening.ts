import type { Server } from "node:net";
import process from "node:process";

const ofBridge = new WeakSet<object>();

/** Lets a server listen where {@link refuseListening} keeps all others from it. */
export function mayListen<T extends Server>(server: T): T {
  ofBridge.add(server);
  return server;
}

/** Keeps servers of logic from listening: on a port of the container, or on the very descriptor of the Bridge's server. */
export function refuseListening(): void {
  const { prototype } = process.getBuiltinModule("node:net").Server;
  for (const name of ["listen", "_listen2"]) {
    const listen: unknown = Reflect.get(prototype, name);
    if (typeof listen !== "function") throw new Error(`This version of Node has no \`net.Server.${name}\`.`);
    const guarded = {
      [name](this: object, ...given: unknown[]): unknown {
        if (ofBridge.has(this)) return Reflect.apply(listen, this, given);
        const message = "A server of logic cannot listen: only the Bridge takes connections.";
        throw Object.assign(new Error(message), { code: "ERR_ACCESS_DENIED" });
      },
    };
    Object.defineProperty(prototype, name, { value: guarded[name] });
  }
}
