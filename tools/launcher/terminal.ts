/** Progress on standard output: one line per step with its duration, plain lines in between. */
export class Terminal {
  private pending = false;

  line(text: string): void {
    this.clear();
    process.stdout.write(`${text}\n`);
  }

  /** Runs one step; its result, when it is a text, stands behind the duration (a URL without its password). */
  async step<T>(name: string, run: (note: (text: string) => void) => Promise<T>): Promise<T> {
    const began = performance.now();
    this.announce(name);
    const note = (text: string) => {
      this.line(`    ${text}`);
      this.announce(name);
    };
    const result = await run(note);
    const detail = typeof result === 'string' ? `  ${result.replace(/\/\/[^@/]*@/, '//')}` : '';
    this.line(`  ✓ ${name.padEnd(14)}${duration(performance.now() - began).padStart(8)}${detail}`);
    return result;
  }

  private announce(name: string): void {
    // Only a terminal can take the line back; a log would keep the half of it.
    if (!process.stdout.isTTY) return;
    process.stdout.write(`  … ${name}`);
    this.pending = true;
  }

  private clear(): void {
    if (this.pending) process.stdout.write('\r\x1b[K');
    this.pending = false;
  }
}

export function duration(ms: number): string {
  return ms < 59_950
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}
