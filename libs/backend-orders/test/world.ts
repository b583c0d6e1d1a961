import { journalRows } from '@visapi/backend-testing';
import type { Plan } from './plan.js';

type Journal = journalRows.Journal;

/** What keeps the promises. The simulation takes one away to see that it would be missed. */
export const safeguards = {
  uniqueKeys: true,
  leasesExpire: true,
  fencing: true,
  wordsReadAfterClaim: true,
  oneBindingPerId: true,
  heldWhileBound: true,
  uncertainNeverResent: true,
  nothingSentLate: true,
};
export type Safeguards = Readonly<Record<keyof typeof safeguards, boolean>>;

export interface Job {
  readonly kind: 'interpret' | 'sync' | 'send' | 'bind';
  /** An order, or an effect. */
  readonly id: string;
}

export interface Send {
  readonly effectId: string;
  readonly orderId: string;
  readonly attempt: number;
  readonly isTaken: boolean;
  /** What our side has heard of it. */
  heard: 'nothing' | 'accepted' | 'denied' | 'unknown';
  /** An operator has found out that it never went out. */
  isDenied: boolean;
}

/** Whose step is next. */
export interface Turns {
  /** Settles when it is the turn of this step. */
  readonly schedule: (ready: Promise<void>, label: string) => Promise<void>;
  /** Gives turns until nobody asks for one. */
  readonly waitIdle: () => Promise<void>;
}

/** What the database and the outside hold, whatever becomes of the processes. */
export class World {
  journal: Journal = journalRows.emptyJournal;
  /** Milliseconds: the database's clock, which all share. */
  now = Date.UTC(2026, 0, 5, 9);
  jobs: Job[] = [];
  outbox: Job[] = [];
  readonly sends: Send[] = [];
  /** Values of each phone in the CRM. */
  readonly crm = new Map<string, string>();
  /** How many further confirmations of an order operators have asked for. */
  readonly asked = new Map<string, number>();
  readonly trace: string[] = [];
  isQuiet = false;
  private relayed = 0;
  private ids = 0;
  private claims = 0;
  private readonly locks = new Map<string, Promise<void>>();
  private readonly names = new Map<string, string>();

  constructor(
    private readonly turns: Turns,
    readonly plan: Plan,
    readonly guard: Safeguards,
  ) {}

  /** An id that reads well in the trace. */
  newId(name: string): string {
    this.ids += 1;
    const id = `${this.ids.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
    this.names.set(id, `${name}${this.ids}`);
    return id;
  }

  say(words: string): void {
    const readable = words.replaceAll(
      /[0-9a-f]{8}(?:-[0-9a-f]{4}){2}-8000-0{12}/g,
      (id) => this.names.get(id) ?? id,
    );
    this.trace.push(`${new Date(this.now).toISOString().slice(11, 19)}  ${readable}`);
  }

  /** Waits until it is this one's turn: between any two steps anybody else may do any number of theirs. */
  async turn(label: string): Promise<void> {
    if (!this.isQuiet) await this.turns.schedule(Promise.resolve(), label);
    this.now += 1;
  }

  /** One statement. */
  write<T>([journal, answer]: journalRows.Step<T>): T {
    this.journal = journal;
    return answer;
  }

  /** A statement that names its attempt may change nothing that another attempt has claimed. */
  writeAs<T>(
    claim: journalRows.ClaimRecord,
    step: (claim: journalRows.ClaimRecord) => journalRows.Step<T>,
  ): T {
    const before = journalRows.effectOf(this.journal, claim.effectId);
    const named = this.guard.fencing ? claim : { ...claim, attempt: before?.attempt ?? 0 };
    const answer = this.write(step(named));
    const after = journalRows.effectOf(this.journal, claim.effectId);
    if (before !== after && before?.attempt !== claim.attempt)
      throw new Violation(`attempt ${claim.attempt} wrote over attempt ${String(before?.attempt)}`);
    return answer;
  }

  /** Facts become jobs; some arrive twice, and Redis may lose all of them. */
  relay(): void {
    this.jobs.push(...this.outbox);
    this.outbox = [];
    for (const fact of this.journal.facts.slice(this.relayed))
      for (const id of fact.effectIds) {
        const kind = journalRows.effectOf(this.journal, id)?.kind === 'contact' ? 'sync' : 'send';
        this.jobs.push({ kind, id });
      }
    this.relayed = this.journal.facts.length;
  }

  /** One at a time per name, as an advisory lock until the transaction ends. */
  async locked<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    const own = [...new Set(names)].sort();
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = own.flatMap((name) => this.locks.get(name) ?? []);
    for (const name of own) this.locks.set(name, promise);
    await Promise.all(before);
    try {
      return await work();
    } finally {
      resolve();
    }
  }

  /** Whether the database's answer to this claim is lost on its way. */
  losesClaim(): boolean {
    this.claims += 1;
    return !this.isQuiet && this.plan.unheardClaims.includes(this.claims - 1);
  }

  /** After how many steps the process of this number dies; most live. */
  deathOf(process: number): number | undefined {
    return this.plan.deaths[process];
  }

  wasTaken(effectId: string): boolean {
    return this.sends.some((send) => send.effectId === effectId && send.isTaken);
  }

  ask(orderId: string): void {
    this.asked.set(orderId, (this.asked.get(orderId) ?? 0) + 1);
  }
}

/** A promise that was broken. */
export class Violation extends Error {}

/** The end of a process, between any two of its steps. */
export class Death extends Error {}

/** Something that takes steps and may die between them. */
export class Process {
  private steps = 0;

  constructor(
    readonly world: World,
    readonly name: string,
    private diesAfter: number | undefined,
  ) {}

  async step(what: string): Promise<void> {
    await this.world.turn(`${this.name}: ${what}`);
    this.steps += 1;
    if (this.diesAfter !== undefined && this.steps > this.diesAfter && !this.world.isQuiet) {
      this.diesAfter = undefined;
      this.world.say(`${this.name} dies before it ${what}`);
      throw new Death(this.name);
    }
    this.world.say(`${this.name} ${what}`);
  }

  /** Who has written outside without a claim says so before it dies: see ADR 6 for what that leaves out. */
  spare(): void {
    this.diesAfter = undefined;
  }
}
