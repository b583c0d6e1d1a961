import type { Services } from './system/services.ts';

/** One line of the result table. */
export interface Measurement {
  /** Its number among the promises, `S1`. */
  readonly promise: string;
  readonly what: string;
  readonly ours: string;
  readonly baseline: string;
  readonly ratio: string;
  /** The words of the promise. */
  readonly hold: string;
  readonly held: boolean;
  /** What exactly was measured, for whoever doubts the figure. */
  readonly note: string;
  /** Everything else that was counted on the way; goes to the JSON file. */
  readonly figures: Readonly<Record<string, unknown>>;
}

export interface BenchContext {
  readonly services: Services;
  /** Short phases: to see that it works, not to quote from. */
  readonly quick: boolean;
  readonly say: (line: string) => void;
  /** What the count after a run found wrong: an id missing, doubled, or one nobody sent. */
  readonly fault: (sentence: string) => void;
}

/** A benchmark measures one promise, or several that one run shows. A new one is a file and a line in `catalogue.ts`. */
export interface Benchmark {
  readonly promises: readonly string[];
  readonly group: string;
  /** Runs only when it is named. */
  readonly onlyByName?: boolean;
  readonly run: (context: BenchContext) => Promise<Measurement[]>;
}
