import { cpus, totalmem } from "node:os";
import type { Counts } from "./count.ts";
import { clients, type Load } from "./load.ts";

/** One line of the page. */
export type Line = { name: string; means: string; counts: Counts; reads: Load["reads"] };

/**
 * `docs/operations/faults.md`.
 *
 * @param busy the load average before the start: above half of the cores the page warns.
 */
export function printPage(lines: readonly Line[], busy: number): string {
  const processor = cpus()[0]?.model.trim() ?? "an unknown processor";
  const machine = `${cpus().length} cores of ${processor}, ${Math.round(totalmem() / 1024 ** 3)} GiB`;
  const rows = lines.map(({ name, counts, reads }) => {
    const { acknowledged, lost, doubled, failed, lie, unknown, there } = counts;
    const figures = [acknowledged, lost, doubled, failed, lie, `${unknown} (${there})`];
    return `| ${[name, ...figures, `${reads.answered} / ${reads.failed}`].join(" | ")} |`;
  });
  const meanings = lines.map(({ name, means }) => `- **${name}**: ${means}`);
  const warning =
    busy > cpus().length / 2
      ? `\n**The machine was busy with other work (load average ${busy.toFixed(1)}), so that more calls took too long.**\n`
      : "";
  return `# What happens under faults

Written by \`npm run bench:faults\` on ${new Date().toISOString().slice(0, 10)}, on ${machine}, with Node ${process.versions.node} and Postgres 18. The counts of lost,
doubled and wrongly told writes are 0 everywhere; the others depend on the machine and on the moment of the fault.
${warning}
${clients.writers} clients write for about five seconds, each write with an id of its own: by a table call, by SQL logic with a transaction,
and by a module that makes a call inside of its transaction. Half of them use idempotency keys, and repeat each write
until it is acknowledged; the other half send each write once. ${clients.readers} more read what was acknowledged last. The Bridge
runs as in the image, with a pool of 4 and a \`limits.time\` of 2 s. Afterwards the rows are compared with what the clients were told.

- **lost**: acknowledged, and not there in full
- **doubled**: there more than once
- **failed**: told as failed, and not there
- **lie**: told as failed, and there
- **unknown**: \`outcome_unknown\` or no answer at all; in brackets how many of them are there

| Fault | acknowledged | lost | doubled | failed | lie | unknown (there) | reads answered / failed |
|---|---:|---:|---:|---:|---:|---:|---:|
${rows.join("\n")}

${meanings.join("\n")}
`;
}
