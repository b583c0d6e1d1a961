import type { KeptLine } from './kept-line.js';

/** Why a line was not kept: there was no room, or the database would not have it. */
type DropReason = 'full' | 'refused';

const mostLines = 5_000;

/**
 * Lines that wait to be kept. Nothing here waits or fails: what has no room is counted and let go, the story of orders
 * before warnings, the oldest first.
 */
export class LogBuffer {
  private lines: KeptLine[] = [];
  private readonly roomForInfo: number;

  /** @param dropped is told of lines that are not kept */
  constructor(
    private readonly dropped: (reason: DropReason, count: number) => void,
    private readonly most = mostLines,
  ) {
    this.roomForInfo = Math.floor(most * 0.8);
  }

  get size(): number {
    return this.lines.length;
  }

  /** Whether a line of this level would be let go at once: then it need not be made. */
  refuses(level: KeptLine['level']): boolean {
    if (level !== 'info' || this.lines.length < this.roomForInfo) return false;
    this.dropped('full', 1);
    return true;
  }

  add(line: KeptLine): void {
    this.lines.push(line);
    this.trim();
  }

  /** Hands over the oldest. */
  take(most: number): KeptLine[] {
    return this.lines.splice(0, most);
  }

  /** What could not be stored waits again, before all others. */
  giveBack(lines: readonly KeptLine[]): void {
    this.lines = [...lines, ...this.lines];
    this.trim();
  }

  private trim(): void {
    const excess = this.lines.length - this.most;
    if (excess <= 0) return;
    this.lines.splice(0, excess);
    this.dropped('full', excess);
  }
}
