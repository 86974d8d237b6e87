/** The SQL files beside the declarations, as they are to be. */
export interface SqlTexts {
  set(file: string, text: string): void;
  remove(file: string): void;
  /** What differs from the files as they are; undefined for one that goes. */
  changed(): Map<string, string | undefined>;
  /** Tells whether something was changed meanwhile. */
  changes(): number;
}

/** Takes the files as they are. */
export function sqlTexts(present: ReadonlyMap<string, string>): SqlTexts {
  const texts = new Map<string, string | undefined>();
  return {
    set: (file, text) => void texts.set(file, text),
    remove: (file) => void texts.set(file, undefined),
    changed: () => new Map([...texts].filter(([file, text]) => present.get(file) !== text)),
    changes: () => [...texts].filter(([file, text]) => present.get(file) !== text).length,
  };
}
