/** One way in that a server offers (RFC 9110, 11.3). Scheme and parameters' names are in lower case. */
export type Challenge = { scheme: string; parameters: ReadonlyMap<string, string> };

const longest = 8_192;
const word = /[\s,]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)/y;
const value = /\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~0-9A-Za-z:/-]+))/y;

/**
 * Reads a WWW-Authenticate header, which may hold several challenges. What cannot be read ends the list.
 *
 * @example parseChallenges('Bearer realm="https://auth.example/token",service="example"')
 */
export function parseChallenges(header: string): Challenge[] {
  const text = header.slice(0, longest);
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  for (let position = 0; position < text.length; ) {
    const name = at(word, text, position)?.[1];
    if (name === undefined) break;
    position = word.lastIndex;
    const parameter = at(value, text, position);
    if (parameter === undefined) {
      challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
      continue;
    }
    position = value.lastIndex;
    const content = parameter[1]?.replace(/\\(.)/g, "$1") ?? parameter[2] ?? "";
    challenges.at(-1)?.parameters.set(name.toLowerCase(), content);
  }
  return challenges;
}

function at(pattern: RegExp, text: string, position: number): RegExpExecArray | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text) ?? undefined;
}
