import { nothingUncertain, type Scenario } from '../scenario.ts';

const tables = ['deliveries', 'events', 'orders', 'effects', 'messages'] as const;

/** What Postgres answers when its disk is full, to every write of these tables. */
const diskFull = {
  begin: [
    `create function chaos_disk_full() returns trigger language plpgsql as $$ begin
       raise exception 'could not extend file: No space left on device' using errcode = '53100';
     end $$`,
    ...tables.map(
      (table) => `create trigger chaos_disk_full before insert or update on ${table}
        for each statement execute function chaos_disk_full()`,
    ),
  ],
  // Taking the triggers away would lock the tables that everybody is writing to.
  end: [
    `create or replace function chaos_disk_full() returns trigger language plpgsql as $$ begin return null; end $$`,
  ],
};

/** Every connection of a small pool waits for a lock that somebody else holds. */
const poolExhausted = {
  begin: ['begin', 'lock table deliveries, effects in access exclusive mode'],
  end: ['commit'],
};

const burst = { ordersPerSecond: 25, seconds: 30 };

/** Postgres and Redis that go away, stand still or lose what they held. */
export const serverScenarios: readonly Scenario[] = [
  {
    name: 'F3-kill',
    promise: 'Redis killed and restarted mid-burst',
    load: burst,
    faults: [{ kind: 'redis', how: 'killed', window: [0.2, 0.5], forMs: 5_000 }],
    allowed: nothingUncertain,
  },
  {
    name: 'F3-flush',
    promise: 'Redis `FLUSHALL` mid-burst',
    load: burst,
    faults: [
      { kind: 'redis', how: 'flushed', window: [0.1, 0.4], forMs: 0 },
      { kind: 'redis', how: 'flushed', window: [0.5, 0.9], forMs: 0 },
    ],
    allowed: nothingUncertain,
  },
  {
    name: 'F3-freeze',
    promise: 'Redis frozen (SIGSTOP) for 15 s',
    load: burst,
    faults: [{ kind: 'redis', how: 'frozen', window: [0.2, 0.5], forMs: 15_000 }],
    allowed: nothingUncertain,
  },
  {
    name: 'redis-all',
    promise: 'Redis frozen for 15 s, then killed, then flushed, in one run: no order needs a human',
    load: { ordersPerSecond: 20, seconds: 60 },
    faults: [
      { kind: 'redis', how: 'frozen', window: [0.05, 0.15], forMs: 15_000 },
      { kind: 'redis', how: 'killed', window: [0.45, 0.6], forMs: 3_000 },
      { kind: 'redis', how: 'flushed', window: [0.75, 0.95], forMs: 0 },
    ],
    allowed: nothingUncertain,
  },
  {
    name: 'F4',
    promise: 'Postgres restarted mid-burst: only 503s meanwhile, no 200 without a row',
    load: { ordersPerSecond: 25, seconds: 40 },
    faults: [
      { kind: 'postgres', window: [0.1, 0.3], forMs: 5_000 },
      { kind: 'postgres', window: [0.6, 0.8], forMs: 0 },
    ],
    allowed: { ...nothingUncertain, statuses: [503] },
  },
  {
    name: 'F9-clock',
    promise: 'Clock skew of ±5 min between processes',
    workers: 2,
    envOf: {
      backend: { CLOCK_OFFSET_MS: '-300000' },
      worker: { CLOCK_OFFSET_MS: '300000' },
      'worker-2': { CLOCK_OFFSET_MS: '-300000' },
    },
    load: { ordersPerSecond: 20, seconds: 30, changed: 0.2, sharedPhones: 0.2 },
    faults: [{ kind: 'redis', how: 'flushed', window: [0.4, 0.6], forMs: 0 }],
    allowed: nothingUncertain,
  },
  {
    name: 'F9-pool',
    promise: 'Connection pool exhausted',
    env: { DATABASE_POOL_MAX: '2' },
    load: { ordersPerSecond: 20, seconds: 30 },
    faults: [
      {
        kind: 'sql',
        what: 'tables locked by somebody else',
        window: [0.2, 0.5],
        forMs: 8_000,
        ...poolExhausted,
      },
    ],
    allowed: { ...nothingUncertain, statuses: [503] },
  },
  {
    name: 'F9-disk',
    promise: 'Postgres answering disk-full (SQLSTATE 53100, raised by a test trigger)',
    load: { ordersPerSecond: 20, seconds: 30 },
    faults: [{ kind: 'sql', what: 'disk full', window: [0.2, 0.5], forMs: 8_000, ...diskFull }],
    allowed: { ...nothingUncertain, statuses: [503] },
  },
];
