/** Cuts text that comes in pieces into lines, and tells each one that is not empty. */
export function inLines(tell: (line: string) => void): { write(piece: Uint8Array): void; end(): void } {
  const decoder = new TextDecoder();
  let rest = "";
  return {
    write(piece) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") tell(line);
    },
    end() {
      if (rest !== "") tell(rest);
      rest = "";
    },
  };
}
