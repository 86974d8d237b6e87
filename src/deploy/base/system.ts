import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { StkError } from "../../core/error.ts";
import type { TarEntry } from "../../core/tar.ts";
import type { Placed } from "./libraries.ts";

/** The user that a base runs as: numeric, so that Kubernetes can see that it is not root. */
export const user = { id: 65_532, spec: "65532:65532" } as const;

/** Who there is in the base, and how names are looked up: the text of each file by its path. */
export const accounts: Readonly<Record<string, string>> = {
  "etc/passwd": `root:x:0:0:root:/:/sbin/nologin\nsantokit:x:${user.id}:${user.id}:santokit:/santokit:/sbin/nologin\n`,
  "etc/group": `root:x:0:\nsantokit:x:${user.id}:\n`,
  "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
};

/**
 * Everything of the built-in base but the Bridge: Node, the libraries it names, CA certificates, the user. No shell,
 * no package manager.
 *
 * @param certificates in PEM, see {@link rootCertificates}.
 */
export async function systemEntries(
  node: string,
  libraries: readonly Placed[],
  certificates: string,
): Promise<TarEntry[]> {
  const copies = [{ source: node, target: "/usr/local/bin/node" }, ...libraries];
  const files = Object.entries({ ...accounts, "etc/ssl/certs/ca-certificates.crt": certificates });
  return [
    ...(await Promise.all(copies.map(copied))),
    ...files.map(([path, text]) => ({ path, content: Buffer.from(text) })),
    { path: "tmp", directory: true, mode: 0o1777 },
  ];
}

const copied = async ({ source, target }: Placed): Promise<TarEntry> => ({
  path: target.slice(1),
  content: await readFile(source),
  mode: 0o755,
});

/**
 * The certificate authorities that the pinned Node holds, in PEM. It is asked, and not the Node that runs stk, whose
 * list may be another.
 *
 * @throws {StkError} `base_unavailable` when it does not start.
 */
export async function rootCertificates(node: string): Promise<string> {
  const script = "process.stdout.write(require('node:tls').rootCertificates.join('\\n') + '\\n')";
  try {
    const options = { timeout: 30_000, maxBuffer: 4_000_000, env: {} };
    const { stdout } = await promisify(execFile)(node, ["-e", script], options);
    return stdout;
  } catch (cause) {
    throw new StkError("base_unavailable", `The pinned Node, ${node}, does not start on this machine.`, {
      hint: "Name a base image with --base, or as base: in stk.yaml.",
      cause,
    });
  }
}
