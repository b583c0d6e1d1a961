import { Problem } from '#services/problem.ts';
import type { Stage } from './faults/stage.ts';
import { nothingUncertain, type Scenario } from './scenario.ts';

/**
 * A safeguard that is switched off by SQL in the scenario's own database, or by a lock that the kit holds, and the
 * scenario in which its absence must be noticed. The product has no switch for it.
 */
export interface Safeguard {
  readonly name: string;
  readonly what: string;
  readonly scenario: Scenario;
  /** The invariants that must break, at least. */
  readonly breaks: readonly string[];
  /** Resolves with what puts it back, when something has to be. */
  readonly switchOff: (stage: Stage) => Promise<(() => Promise<void>) | undefined>;
}

const load = { ordersPerSecond: 10, seconds: 12 };
const twice = 'at most one confirmation per order';
const tardy = {
  kind: 'vendor',
  faults: [{ vendor: 'cbb', match: 'send_content', mode: 'slow-after-accept', delayMs: 400 }],
  until: 1,
} as const;
// A receipt would settle a message before anybody could repeat it.
const silentMeta = {
  kind: 'vendor',
  faults: [{ vendor: 'cbb', match: 'send_content', mode: 'receipts-lost' }],
  until: 1.6,
} as const;
const killWorker = {
  kind: 'end-process',
  signal: 'SIGKILL',
  victims: ['worker'],
  times: 2,
  window: [0.1, 0.9],
  amidSend: 1,
} as const;

const bySql =
  (statements: readonly string[]) =>
  async ({ owner }: Stage): Promise<undefined> => {
    for (const statement of statements) await owner.rows(statement);
  };

export const safeguards: readonly Safeguard[] = [
  {
    name: 'semantic-key',
    what: 'one row per intended action: the constraint is dropped, and whoever plans a confirmation plans it twice',
    scenario: {
      name: 'F6',
      promise: 'one confirmation per order',
      load,
      faults: [],
      allowed: nothingUncertain,
    },
    breaks: ['one effect per semantic key', twice],
    switchOff: bySql([
      'alter table effects drop constraint effects_semantic_key_key',
      `create function chaos_plan_twice() returns trigger language plpgsql security definer as $$
       declare twin uuid := gen_random_uuid();
       begin
         if pg_trigger_depth() > 1 then return null; end if;
         insert into effects select (jsonb_populate_record(e, jsonb_build_object('id', twin))).*
           from effects e where e.id = new.effect_id;
         -- What is sealed can be opened in its own row alone, so the twin says something else, in clear.
         insert into messages select (jsonb_populate_record(new, jsonb_build_object('effect_id', twin,
           'parameters', convert_to('["a","b","c","d","e","f","g","h"]', 'UTF8'), 'parameters_key_id', null))).*;
         return null;
       end $$`,
      `create trigger chaos_plan_twice after insert on messages
       for each row execute function chaos_plan_twice()`,
    ]),
  },
  {
    name: 'claim',
    what: 'a claim holds until its outcome is known: whoever finds one expired frees it for another try',
    scenario: {
      name: 'F2',
      promise: 'a message of unknown outcome is never repeated',
      load,
      faults: [tardy, silentMeta, killWorker],
      allowed: { ...nothingUncertain, uncertain: ['death'], receipts: 'some' },
    },
    breaks: [twice],
    switchOff: bySql([
      `create function chaos_free_claims() returns trigger language plpgsql as $$ begin
         new.state := 'planned'; new.uncertain_at := null; new.queued_at := null;
         return new;
       end $$`,
      `create trigger chaos_free_claims before update on effects for each row
       when (new.state = 'uncertain' and new.reason = 'lease-expired') execute function chaos_free_claims()`,
    ]),
  },
  {
    name: 'sweep',
    what: 'what Redis forgot and dead workers held is found again: the kit holds the lock of the sweep',
    scenario: {
      name: 'F3-flush',
      promise: 'Redis emptied mid-burst',
      load,
      // So slow that jobs wait when Redis is emptied: an empty queue has nothing to forget.
      faults: [
        { kind: 'vendor', faults: [{ vendor: 'cbb', mode: 'slow', delayMs: 700 }], until: 1 },
        killWorker,
        { kind: 'redis', how: 'flushed', window: [0.4, 0.6], forMs: 0 },
      ],
      allowed: { ...nothingUncertain, uncertain: ['death'] },
    },
    breaks: ['quiet in time', 'every delivery and effect comes to an end'],
    switchOff: async ({ owner }) => {
      const held = await owner.hold([`select pg_advisory_lock(hashtextextended('sweep', 0))`]);
      return () => held.end([]);
    },
  },
  {
    name: 'fencing',
    what: 'every late write names its attempt: each claim is made the first one again',
    scenario: {
      name: 'F5',
      promise: 'a late worker overwrites nobody',
      load,
      faults: [
        {
          kind: 'vendor',
          faults: [
            { vendor: 'cbb', match: 'send_content', mode: 'rate-limited', rate: 0.5 },
            { vendor: 'cbb', match: 'send_content', mode: 'slow-after-accept', delayMs: 1_500 },
            { vendor: 'cbb', match: 'send_content', mode: 'receipts-lost' },
          ],
          until: 1.6,
        },
        { kind: 'late-worker', window: [0.1, 1.6] },
      ],
      allowed: { ...nothingUncertain, receipts: 'some' },
    },
    breaks: [twice],
    switchOff: bySql([
      `create function chaos_unfence() returns trigger language plpgsql as $$ begin
         new.attempt := 1;
         return new;
       end $$`,
      `create trigger chaos_unfence before update on effects for each row
       when (new.state = 'claimed' and new.kind = 'message') execute function chaos_unfence()`,
    ]),
  },
];

/** @throws Problem naming what there is when a name is unknown */
export function selectSafeguards(names: readonly string[]): readonly Safeguard[] {
  if (names.includes('all')) return safeguards;
  const unknown = names.filter((name) => !safeguards.some((safeguard) => safeguard.name === name));
  if (unknown.length > 0) {
    const choices = [...safeguards.map(({ name }) => name), 'all'].join(', ');
    throw new Problem(`there is no safeguard named ${unknown.join(', ')}`, `One of: ${choices}`);
  }
  return safeguards.filter(({ name }) => names.includes(name));
}
