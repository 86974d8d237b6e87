import { LRUCache } from "lru-cache";
import { bridgeLimits } from "../../config/bridge.ts";

const limits = bridgeLimits.logic;

/** Answers of logic that may be given again. The key is the path and all bound values, so each caller has his own. */
export class AnswerCache {
  readonly #answers = new LRUCache<string, string>({
    max: limits.cachedAnswers,
    maxSize: limits.cachedBytes,
    sizeCalculation: (answer, key) => 2 * (answer.length + key.length),
  });

  /** The answer to these values, made when there is none that is younger than `forMs`. */
  async get(
    path: string,
    values: readonly (readonly (string | null)[])[],
    forMs: number,
    make: () => Promise<string>,
  ): Promise<string> {
    const key = JSON.stringify([path, values]);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = await make();
    this.#answers.set(key, answer, { ttl: forMs });
    return answer;
  }
}
