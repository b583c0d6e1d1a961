const everyMs = 1_000;

/** Tells a person who waits how far a long run has come; on stderr, so that results can be piped. */
export class Progress {
  private readonly verb: string;
  private readonly total: number | undefined;
  private readonly began = performance.now();
  private shownAt = performance.now();

  constructor(verb: string, total: number | undefined) {
    this.verb = verb;
    this.total = total;
  }

  /** At most once a second; a short run says nothing. */
  show(done: number): void {
    const now = performance.now();
    if (now - this.shownAt < everyMs) return;
    this.shownAt = now;
    const rate = Math.round((done * 1_000) / (now - this.began));
    const of = this.total === undefined ? '' : ` of ${this.total}`;
    process.stderr.write(`  ${done}${of} rows ${this.verb}, ${rate}/s\n`);
  }
}
