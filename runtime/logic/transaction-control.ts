/**
 * The statement by which a text would begin or end a transaction, or undefined. Savepoints are none: they are the
 * transaction's own, and Postgres refuses them outside of one.
 */
export function transactionControl(text: string): string | undefined {
  const [words = ""] = /^(?:\w+\s*){0,4}/.exec(text.slice(startOf(text)).toLowerCase()) ?? [];
  return control.test(words) && !harmless.test(words) ? words.split(/\s/)[0] : undefined;
}

const control = /^(?:begin|start|commit|end|rollback|abort|prepare)\b/;
const harmless = /^(?:rollback\s+(?:(?:work|transaction)\s+)?to\b|prepare\s+(?!transaction\b)\w)/;

/** Where the first word stands: after blanks and comments, which nest (PostgreSQL manual, 4.1.5). */
function startOf(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const pair = text.slice(at, at + 2);
    if (pair === "/*" || (pair === "*/" && depth > 0)) {
      depth += pair === "/*" ? 1 : -1;
      at += 1;
    } else if (depth > 0) continue;
    else if (pair === "--") {
      const end = text.slice(at).search(/[\r\n]/);
      if (end < 0) return text.length;
      at += end;
    } else if (!/[\s;]/.test(text.charAt(at))) return at;
  }
  return text.length;
}
