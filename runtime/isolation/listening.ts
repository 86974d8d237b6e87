import type { Server } from "node:net";
import process from "node:process";
import { denied } from "./inert.ts";

const ofBridge = new WeakSet<object>();
/** Whether a server of the Bridge begins to listen, in this turn. */
let isBeginning = false;

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
        if (!ofBridge.has(this)) throw denial();
        isBeginning = true;
        try {
          return Reflect.apply(listen, this, given);
        } finally {
          isBeginning = false;
        }
      },
    };
    Object.defineProperty(prototype, name, { value: guarded[name] });
  }
}

/** Keeps logic from making a server, whose events and timers lead to the Bridge's own server. */
export function refuseServers(): void {
  for (const name of ["http", "https", "net", "tls"]) {
    const module: object = Object(process.getBuiltinModule(name));
    const refuse = denied(`${name}.Server`);
    const prototype: object = Object(Reflect.get(Object(Reflect.get(module, "Server")), "prototype"));
    const stand = function Server() {
      refuse();
    };
    Object.defineProperty(stand, "prototype", { value: prototype });
    Object.defineProperty(prototype, "constructor", { value: stand });
    if (name === "net" || name === "tls") continue; // Node takes these from the module, and logic is given neither
    Object.defineProperty(module, "Server", { value: stand });
    Object.defineProperty(module, "createServer", { value: denied(`${name}.createServer`) });
  }
}

/** Keeps the handles of sockets, which can listen too, from it. */
export function refuseListeningBy(samples: readonly object[]): void {
  for (const prototype of new Set(samples.map((one): object => Object.getPrototypeOf(one)))) {
    const listen: unknown = Reflect.getOwnPropertyDescriptor(prototype, "listen")?.value;
    if (typeof listen !== "function") continue;
    const guarded = {
      listen(this: object, ...given: unknown[]): unknown {
        if (!isBeginning) throw denial();
        return Reflect.apply(listen, this, given);
      },
    };
    Object.defineProperty(prototype, "listen", { value: guarded.listen });
  }
}

const denial = (): Error =>
  Object.assign(new Error("A server of logic cannot listen: only the Bridge takes connections."), {
    code: "ERR_ACCESS_DENIED",
  });
