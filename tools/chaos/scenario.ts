import type { Environment } from '#launcher/environment.ts';

/** A part of the load's time, from and to, as shares of it: `[0.2, 0.4]`. */
export type Window = readonly [number, number];

/** What the shop sends while the faults strike: an open loop, due at fixed times whatever the answers do. */
export interface Load {
  readonly ordersPerSecond: number;
  readonly seconds: number;
  /** Copies of each body, posted at once. */
  readonly copies?: number;
  /** Share of orders that are delivered again with other content. */
  readonly changed?: number;
  /** Share of orders whose customer orders a second time 50 ms later. */
  readonly sharedPhones?: number;
}

/** A fault of the vendors' simulator, in the words of its control API. */
export interface VendorFault {
  readonly vendor: 'cbb';
  readonly match?: string;
  readonly mode: string;
  readonly rate?: number;
  readonly times?: number;
  readonly delayMs?: number;
}

export type Fault =
  | {
      readonly kind: 'end-process';
      readonly signal: 'SIGKILL' | 'SIGTERM';
      /** Names of processes, one drawn for each blow; `in-turn` takes them one after the other. */
      readonly victims: readonly string[];
      readonly choose?: 'in-turn';
      readonly times: number;
      readonly window: Window;
      /** Share of blows that fall between the vendor's acceptance of a message and our record of it. */
      readonly amidSend?: number;
    }
  | {
      readonly kind: 'freeze-process';
      readonly victim: string;
      readonly window: Window;
      readonly forMs: number;
    }
  | {
      readonly kind: 'redis';
      readonly how: 'killed' | 'frozen' | 'flushed' | 'stopped';
      readonly window: Window;
      readonly forMs: number;
    }
  | { readonly kind: 'postgres'; readonly window: Window; readonly forMs: number }
  | { readonly kind: 'vendor'; readonly faults: readonly VendorFault[]; readonly until: number }
  | {
      readonly kind: 'sql';
      readonly what: string;
      readonly window: Window;
      readonly forMs: number;
      /** Run as the owner of the scenario's database when it begins and ends. */
      readonly begin: readonly string[];
      readonly end: readonly string[];
    }
  | { readonly kind: 'stranger-receipts'; readonly times: number; readonly window: Window }
  | { readonly kind: 'late-worker'; readonly window: Window };

/** What a scenario may leave behind; everything else breaks the promise. */
export interface Allowed {
  /** Statuses that the shop may see; 0 = no answer. 200 is always allowed. */
  readonly statuses: readonly number[];
  /** What may make a message uncertain: nothing, its worker's death, or the vendor's silence. */
  readonly uncertain: readonly ('death' | 'vendor')[];
  /** Whether receipts tell of every message that went out, so that each becomes `read`. */
  readonly receipts: 'all' | 'some';
  /** From the moment the last cause is gone until nothing is open. */
  readonly quietWithinSeconds: number;
  /** Most milliseconds between a claim and the end of its worker: a message claimed earlier was not in flight. */
  readonly inFlightMs: number;
}

/** One scenario: data that the kit plays. */
export interface Scenario {
  readonly name: string;
  /** The words of the promise. */
  readonly promise: string;
  readonly workers?: number;
  readonly backends?: number;
  readonly env?: Environment;
  readonly envOf?: Readonly<Record<string, Environment>>;
  readonly load: Load;
  readonly faults: readonly Fault[];
  readonly allowed: Allowed;
}

/** The same in another time: the load keeps its rate, and what strikes repeatedly strikes as often per second. */
export function lasting(scenario: Scenario, seconds: number): Scenario {
  const share = seconds / scenario.load.seconds;
  const scaled = (fault: Fault): Fault =>
    'times' in fault ? { ...fault, times: Math.max(1, Math.round(fault.times * share)) } : fault;
  return { ...scenario, load: { ...scenario.load, seconds }, faults: scenario.faults.map(scaled) };
}

/** What a scenario in which no message may be left in doubt allows. */
export const nothingUncertain: Allowed = {
  statuses: [],
  uncertain: [],
  receipts: 'all',
  quietWithinSeconds: 30,
  inFlightMs: 5_000,
};
