/** A piece of a text that looks like a secret, by its UTF-16 offsets. */
export type SecretMatch = { kind: string; start: number; end: number };

const forms: readonly { kind: string; form: RegExp }[] = [
  {
    kind: "a private key",
    form: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  },
  { kind: "an AWS access key", form: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g },
  { kind: "a GitHub token", form: /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})/g },
  { kind: "a GitLab token", form: /\bglpat-[A-Za-z0-9_-]{20,}/g },
  { kind: "a Stripe key", form: /\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}/g },
  { kind: "a Slack token", form: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g },
  { kind: "an npm token", form: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { kind: "a Google API key", form: /\bAIza[0-9A-Za-z_-]{35}\b/g },
  { kind: "an AI provider's key", form: /\bsk-(?:ant|proj|or)-[A-Za-z0-9_-]{20,}/g },
  {
    kind: "a JSON Web Token",
    form: /\beyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,}/g,
  },
  {
    kind: "a URL with a password",
    form: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@'"`$]{0,100}:(?!\$)[^\s/@'"`]{1,200}@/gi,
  },
];

const assignment =
  /(?<key>password|passwd|pwd|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|credential)[\w-]{0,40}["']?[ \t]*(?::|=>?|:=)[ \t]*(?<value>"[^"\n]{8,200}"|'[^'\n]{8,200}'|`[^`\n$]{8,200}`|(?<![^\s:])[^\s"'`{}[\],]{8,200}$)/gim;

/** Finds what looks like a key, a password or a token. `${NAME}` and names of variables are none. */
export function findSecrets(text: string, language: "yaml" | "code"): SecretMatch[] {
  const found = forms.flatMap(({ kind, form }) =>
    [...text.matchAll(form)].map(({ index, 0: match }) => ({
      kind,
      start: index,
      end: index + match.length,
    })),
  );
  for (const match of text.matchAll(assignment)) {
    const { key = "", value = "" } = match.groups ?? {};
    const quoted = /^["'`]/.test(value);
    if ((language === "code" && !quoted) || !looksSecret(key, quoted ? value.slice(1, -1) : value)) continue;
    const end = match.index + match[0].length;
    found.push({ kind: "a literal secret", start: end - value.length, end });
  }
  return withoutOverlaps(found);
}

function looksSecret(key: string, value: string): boolean {
  if (/\s|\$\{|^\$|[()]/.test(value)) return false;
  if (/^[A-Z][A-Z0-9_]*$/.test(value) && !/\d{3}/.test(value)) return false;
  if (/passw|pwd/i.test(key)) return /[^A-Za-z]/.test(value);
  return value.length >= 16 && /\d/.test(value) && /[A-Za-z]/.test(value) && bitsPerCharacter(value) >= 3;
}

/** Shannon's entropy of a text's own characters, in bits. */
function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce(
    (sum, count) => sum - (count / text.length) * Math.log2(count / text.length),
    0,
  );
}

function withoutOverlaps(matches: SecretMatch[]): SecretMatch[] {
  const kept: SecretMatch[] = [];
  for (const match of matches.toSorted((a, b) => a.start - b.start || b.end - a.end))
    if (match.start >= (kept.at(-1)?.end ?? 0)) kept.push(match);
  return kept;
}

/** The text with every match replaced by asterisks; lines stay where they are. */
export function maskSecrets(text: string, matches: readonly SecretMatch[]): string {
  return matches.reduceRight(
    (masked, { start, end }) =>
      masked.slice(0, start) + masked.slice(start, end).replace(/[^\n]/g, "*") + masked.slice(end),
    text,
  );
}
