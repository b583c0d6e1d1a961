import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Turns } from './world.js';

interface Waiter {
  readonly who: string;
  readonly go: () => void;
}

/** Of a hundred steps, how many go by lot, and after how many whoever took it becomes more or less urgent. */
const oddsOfLot = [0, 2, 10, 30];
const oddsOfMove = [1, 3, 10, 20];
/** Hops of promises that one step may need until it has asked for its next. */
const hops = 30;

/**
 * Gives the turn to whoever is most urgent, and makes another the most urgent now and then ("probabilistic concurrency
 * testing", Burckhardt et al., ASPLOS 2010): some are frozen for long between two steps while others get far. A scheduler
 * that draws each step anew almost never freezes one for twenty steps of the others.
 */
export class FreezingScheduler implements Turns {
  private readonly waiting: Waiter[] = [];
  private readonly urgency = new Map<string, number>();
  private readonly lot: number;
  private readonly move: number;

  /** @param draws numbers from 0 to 99, without end */
  constructor(private readonly draws: Iterator<number>) {
    this.lot = oddsOfLot[this.draw() % oddsOfLot.length] ?? 0;
    this.move = oddsOfMove[this.draw() % oddsOfMove.length] ?? 0;
  }

  async schedule(_: Promise<void>, label: string): Promise<void> {
    const who = label.startsWith('clock') ? 'clock' : (label.split(':')[0] ?? label);
    await new Promise<void>((go) => this.waiting.push({ who, go }));
  }

  async waitIdle(): Promise<void> {
    while (await this.isAnybodyWaiting()) {
      for (const { who } of this.waiting) if (!this.urgency.has(who)) this.urgency.set(who, this.draw());
      const [chosen] = this.waiting.splice(this.choose(), 1);
      if (!chosen) return;
      this.change(chosen.who);
      chosen.go();
    }
  }

  private async isAnybodyWaiting(): Promise<boolean> {
    for (let hop = 0; hop < hops; hop += 1) await Promise.resolve();
    if (this.waiting.length === 0) await nextTurn();
    return this.waiting.length > 0;
  }

  private choose(): number {
    if (this.draw() < this.lot) return this.draw() % this.waiting.length;
    const urgencies = this.waiting.map(({ who }) => this.urgency.get(who) ?? 0);
    return urgencies.indexOf(Math.max(...urgencies));
  }

  /** Mostly whoever has just acted is frozen; sometimes others are moved, which lets a frozen one go on. */
  private change(who: string): void {
    if (this.draw() < this.move) this.urgency.set(who, this.draw() < 80 ? -this.draw() : this.draw());
    if (this.draw() * 3 < this.move)
      for (const other of this.urgency.keys()) if (this.draw() < 30) this.urgency.set(other, this.draw());
  }

  private draw(): number {
    const { value } = this.draws.next() as { value: number };
    return value;
  }
}
