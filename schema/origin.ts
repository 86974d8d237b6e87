import { z } from "zod";

/** The parts of an origin that may hold `*`: a scheme, a host, and a port or `*` for any. */
const form = /^([a-z][a-z0-9+.-]*):\/\/(\[[0-9a-f:.]+\]|[^\s/?#@:[\]]+)(?::(\d{1,5}|\*))?$/;

/**
 * Why no browser's Origin header ever matches a text, or undefined where one may (RFC 6454, 7). A `*` stands for one
 * whole label of the host, or for any port.
 */
export function originProblem(text: string): string | undefined {
  if (text === "*") return undefined;
  const [, scheme, host = "", port] = form.exec(text) ?? [];
  if (scheme === undefined)
    return "write an origin as a browser sends it: https://shop.example.com, in lower case, without a path or a slash at its end";
  if (port !== undefined && port !== "*" && (Number(port) === 0 || Number(port) > 65_535))
    return "a port is 1 to 65535, or * for any";
  if ((scheme === "https" && port === "443") || (scheme === "http" && port === "80"))
    return `browsers leave out :${port}, the port of ${scheme}`;
  if (scheme === "file") return "browsers send no origin that names a file";
  return host.startsWith("[") ? undefined : hostProblem(host, scheme === "http" || scheme === "https");
}

function hostProblem(host: string, isWeb: boolean): string | undefined {
  const labels = host.split(".");
  if (labels.some((label) => label.includes("*") && label !== "*"))
    return "* stands for one whole label of a host: https://*.example.com";
  const fixed = labels.slice(labels.lastIndexOf("*") + 1);
  if (fixed.length === 0 || (fixed.length < labels.length && fixed.length < 2 && fixed[0] !== "localhost"))
    return "two labels must stand behind *, as in https://*.example.com; others' sites would match too";
  const example = labels.map((label) => (label === "*" ? "x" : label)).join(".");
  if (labels.includes("") || (isWeb && URL.parse(`http://${example}`)?.hostname !== example))
    return "write the host as browsers send it: in lower case, other letters than a to z as xn--";
  return undefined;
}

/** An origin that may call from a browser; `*` is all of them. */
export const origin = z
  .string()
  .superRefine((text, context) => {
    const message = originProblem(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  })
  .meta({
    description:
      "An origin: https://shop.example.com, https://*.preview.example.com, http://localhost:*, or *.",
  });
