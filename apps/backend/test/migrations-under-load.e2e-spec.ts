import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { migrate } from '@visapi/backend-repositories/migrate';
import { Owner } from '#chaos/system/owner.ts';
import { expectEachOnce } from './invariants.js';
import { lasting, untilSent } from './outage.js';
import { mixedOrders } from './shop.js';
import { TestSystem } from './system.js';

/** One of every kind of step that a later release may need, on the tables that every order writes. */
const files: Readonly<Record<string, string>> = {
  add_column: `alter table orders add column shelf text; comment on column orders.shelf is 'a test';`,
  add_unchecked_constraint: `alter table orders add constraint orders_shelf_check check (shelf <> '') not valid;`,
  check_constraint: `alter table orders validate constraint orders_shelf_check;`,
  index_events: `-- no-transaction\ncreate index concurrently events_shelf_idx on public.events (type, position);`,
  index_effects: `-- no-transaction\ncreate index concurrently effects_shelf_idx on public.effects (purpose);`,
  create_shelves: `create table shelves (effect_id uuid primary key references effects (id));
    alter table shelves enable row level security;`,
  drop_index: `-- no-transaction\ndrop index concurrently public.events_shelf_idx;`,
  drop_column: `alter table orders drop column shelf;`,
};

let system: TestSystem | undefined;
let directory: string | undefined;
afterEach(async () => {
  await system?.close();
  if (directory !== undefined) await rm(directory, { recursive: true });
  system = undefined;
});

/** Milliseconds of the slowest of a burst's requests, of which none may fail. */
async function slowest(posts: readonly Promise<{ status: number; ms: number }>[]): Promise<number> {
  const answers = await Promise.all(posts);
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  return Math.max(...answers.map(({ ms }) => ms));
}

describe('migrations while orders come in', () => {
  it('are applied, also behind a long report, and no order is refused, held up for long or told twice', async () => {
    system = await TestSystem.start();
    directory = await mkdtemp(join(tmpdir(), 'migrations-'));
    for (const [index, [name, text]] of Object.entries(files).entries())
      await writeFile(join(directory, `203001010000${String(index).padStart(2, '0')}_${name}.sql`), text);
    const orders = mixedOrders(31, 240);
    const { shop } = system;
    const answers: Awaited<ReturnType<typeof shop.post>>[] = [];
    const post = async (body: string) => {
      const began = performance.now();
      const answer = await shop.post(body);
      answers.push(answer);
      return { status: answer.status, ms: performance.now() - began };
    };
    const posts: ReturnType<typeof post>[] = [];
    const pouring = (async () => {
      for (const { body } of orders) {
        posts.push(post(body));
        await lasting(50);
      }
    })();
    await untilSent(system, 5);
    const owner = new Owner(system.urls.database);
    const report = await owner.hold(['begin', 'select count(*) from orders']);
    const migrating = migrate({ databaseUrl: system.urls.database, directory });
    await lasting(3_000);
    await report.end(['commit']);
    expect((await migrating).applied).toEqual(Object.keys(files));
    await pouring;
    expect(await slowest(posts)).toBeLessThan(3_000);
    await expectEachOnce(system, orders, answers);
    await owner.close();
  }, 90_000);
});
