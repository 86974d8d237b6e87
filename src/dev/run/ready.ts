import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import type { Running } from "./running.ts";

const report = z.object({
  reasons: z.array(z.object({ code: z.string(), connection: z.string().optional() })),
});
const pauseMs = 50;
const answerWithinMs = 2_000;

/**
 * Waits until a Bridge takes traffic; false where it ends before, or the signal aborts.
 *
 * @param told is told why it does not yet, each time that the reason is another.
 */
export async function untilReady(
  { url, ended }: Running,
  told: (reason: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const over = { is: false };
  const stop = (): void => {
    over.is = true;
  };
  ended.then(stop, stop);
  for (let last = ""; !over.is && !signal.aborted; ) {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(answerWithinMs) }).catch(
      () => undefined,
    );
    if (answer?.ok === true) return true;
    const reason = answer === undefined ? "" : await reasonOf(answer);
    if (reason !== "" && reason !== last) told(reason);
    last = reason;
    await wait(pauseMs);
  }
  return false;
}

async function reasonOf(answer: Response): Promise<string> {
  const parsed = report.safeParse(await answer.json().catch(() => undefined));
  const reasons = parsed.data?.reasons.filter(({ code }) => code !== "starting") ?? [];
  return reasons
    .map(({ code, connection }) => (connection === undefined ? code : `${connection}: ${code}`))
    .join(", ");
}
