import { StkError } from "../core/error.ts";

/** Why nothing can listen on an address of this machine, as {@link StkError} `port_in_use` or `address_refused`. */
export function listenError(cause: unknown, host: string, port: number): StkError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "EADDRINUSE")
    return new StkError("port_in_use", `Something else listens on ${host}:${port}.`, {
      hint: "Stop it, or give another port with --port.",
      cause,
    });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StkError("address_refused", `${host}:${port} cannot be listened on: ${reason}.`, {
    hint:
      code === "EACCES"
        ? "This user may not use this port: give one from 1024 with --port."
        : "Give an address of this machine.",
    cause,
  });
}
