import { randomUUID } from 'node:crypto';
import { until } from '@visapi/backend-testing';
import pg from 'pg';
import { untilQuiet } from './invariants.js';
import { shopOrder } from './shop.js';
import type { TestSystem } from './system.js';

/** Ids of things that the examples are about, by the operation that needs one. */
export type ExampleIds = Readonly<Record<string, string>>;

/**
 * Makes everything that the examples of the API name: the order IL260105IN10 with its confirmation and its visas, a message of
 * unknown outcome, letters and replays in each state. The worker is stopped then, so that they stay as they are.
 */
export async function makeExampleWorld(system: TestSystem, exampleOrder: unknown): Promise<ExampleIds> {
  const { id: deliveryId } = await placeAndTell(system, exampleOrder);
  const other = shopOrder({ seed: 71, sequence: 71_001, branch: 'il', consent: true, quirks: false });
  await system.shop.deliver(other.body);
  await untilQuiet(system, 1);
  await system.sandbox.complete('IL260105IN10', [
    {
      applicationId: 'apl_Zy9xWv6uTs3r',
      firstName: 'DANA',
      surname: 'EXAMPLE',
      visaUrl: 'https://files.example.test/visa.pdf',
    },
  ]);
  await system.stopApp('worker');
  const told = await system.api.message('IL260105IN10');
  const unclear = await system.api.message(other.id);
  const owner = new pg.Client({ connectionString: system.urls.database });
  await owner.connect();
  try {
    await owner.query(
      `update effects set state = 'uncertain', uncertain_at = now(), reason = 'time-out', accepted_at = null where id = $1`,
      [unclear?.id],
    );
    await owner.query(`delete from receipts where message_id = $1`, [unclear?.id]).catch(() => undefined);
    return {
      getDelivery: deliveryId,
      replayDelivery: deliveryId,
      getMessage: told?.id ?? '',
      settleMessage: unclear?.id ?? '',
      getDeadLetter: await letter(owner, 'a'),
      replayDeadLetter: await letter(owner, 'b'),
      discardDeadLetter: await letter(owner, 'c'),
      getEventReplay: await replay(owner, 'done'),
      cancelEventReplay: await replay(owner, 'running'),
      resumeEventReplay: await replay(owner, 'cancelled'),
    };
  } finally {
    await owner.end();
  }
}

async function placeAndTell(system: TestSystem, exampleOrder: unknown): Promise<{ id: string }> {
  await system.shop.deliver(JSON.stringify(exampleOrder));
  await until(
    () => system.api.timeline('IL260105IN10'),
    (entries) => entries.some(({ kind }) => kind === 'message.read'),
  );
  const [delivery] = await system.api.get<{ id: string }[]>('/deliveries?orderId=IL260105IN10');
  if (!delivery) throw new Error('The order of the example has no delivery');
  return delivery;
}

async function letter(owner: pg.Client, reference: string): Promise<string> {
  const id = randomUUID();
  await owner.query(
    `insert into dead_letters (id, kind, name, reference, attempts, errors, first_failed_at, last_failed_at)
     values ($1, 'job', 'create-order', $2, 5, '[]', now(), now())`,
    [id, `delivery/${reference}`],
  );
  return id;
}

async function replay(owner: pg.Client, state: string): Promise<string> {
  const id = randomUUID();
  await owner.query(
    `insert into event_replays (id, handler, state, total, position, from_position, to_position, types, rate_per_second,
       rebuild, forced, reason, requested_by, correlation_id, next_at, finished_at)
     values ($1, $2, $3, 1, 0, 1, 1, '{}', 100, false, false, 'an example', 'test', 'test',
       case when $3 = 'running' then now() end, case when $3 <> 'running' then now() end)`,
    [id, `example-${state}`, state],
  );
  return id;
}
