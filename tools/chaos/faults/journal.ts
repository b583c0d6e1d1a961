/** A process that was ended or frozen on purpose, and how it went. */
export interface Blow {
  readonly name: string;
  readonly how: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP';
  readonly at: number;
  /** When it had ended; of a frozen one, when it went on. */
  endedAt: number | undefined;
  /** What the supervisor said of its end. */
  end: string | undefined;
}

/** What was done to the system, and from when on each cause was gone (epoch milliseconds). */
export class Journal {
  readonly blows: Blow[] = [];
  readonly causesGone: number[] = [];
  readonly notes: string[] = [];

  note(what: string): void {
    this.notes.push(what);
  }

  gone(): void {
    this.causesGone.push(Date.now());
  }
}
