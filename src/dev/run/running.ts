/** A Bridge that was started from an image. */
export interface Running {
  /** Where it runs. */
  readonly place: "docker" | "process";
  /** Where it is reached from this machine. */
  readonly url: string;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number>;
  /** Ends it, and removes what it leaves behind. */
  stop(): Promise<void>;
}

/** What a Bridge is started with. `onLine` is told each line of its log. */
export type RunRequest = {
  environment: Readonly<Record<string, string>>;
  port: number;
  onLine(line: string): void;
};

/** How long a Bridge may take to end what it does, before it is killed. */
export const stopGraceMs = 12_000;
