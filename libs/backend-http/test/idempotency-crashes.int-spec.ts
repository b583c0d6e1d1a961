import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from '@visapi/backend-repositories/idempotency';
import { until } from '@visapi/backend-testing';
import { TwoProcesses, work } from './two-processes.js';

let world: TwoProcesses;
beforeAll(async () => {
  world = await TwoProcesses.start();
});
beforeEach(() => world.forget());
afterAll(() => world.close());

describe('a process that dies', () => {
  it('before it has done anything leaves the request to the next try', async () => {
    await world.test.query(
      `insert into idempotency_keys (id, owner, key, route, body_hash, locked_until, expires_at)
      values (gen_random_uuid(), 'key:somebody', 'k-1', 'POST /api/v1/things', sha256('\n{"name":"a"}'), now(), now() + interval '1 day')`.replace(
        String.raw`\n`,
        '\n',
      ),
    );
    await expect(world.ask('', { key: 'k-1' })).resolves.toMatchObject({ status: 201 });
    expect(work.done).toEqual(['a']);
    await expect(world.rows()).resolves.toMatchObject([{ state: 'done', attempt: 2 }]);
  });

  it('between its commit and its answer leaves what it came to: the next try does nothing more', async () => {
    const never = Promise.withResolvers<void>();
    work.gate = never.promise;
    const lost = world.ask('/committed', { key: 'k-1' });
    await until(
      () => world.rows(),
      (found) => JSON.stringify(found).includes('work 1'),
    );
    await world.kill();
    work.gate = Promise.resolve();
    const again = await world.ask('/committed', { key: 'k-1', process: 1 });
    expect(again).toMatchObject({ status: 201, body: { data: { name: 'work 1' } } });
    expect(work.done).toEqual(['committed']);
    // It was not dead but slow: it may no longer say anything else.
    never.resolve();
    await expect(lost).resolves.toMatchObject({ status: 409 });
    expect((await world.ask('/committed', { key: 'k-1' })).text).toBe(again.text);
  });

  it('and comes back after another has taken over may not commit any more', async () => {
    const meet = Promise.withResolvers<void>();
    work.gate = meet.promise;
    const slow = world.ask('', { key: 'k-1' });
    await until(
      () => Promise.resolve(work.done.length),
      (count) => count === 1,
    );
    await world.kill();
    work.gate = Promise.resolve();
    const second = await world.ask('', { key: 'k-1', process: 1 });
    meet.resolve();
    await expect(slow).resolves.toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } });
    expect((await world.ask('', { key: 'k-1' })).text).toBe(second.text);
    const [row] = await world.rows();
    const late = {
      actor: 'a',
      correlationId: 'c',
      once: { id: row?.id ?? '', attempt: 1 },
    };
    const { db } = world.test.database;
    await expect(once(db, late, () => Promise.resolve(work.done.push('late')))).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(work.done).toEqual(['a', 'a']);
  });
});

describe('a route that answers with a secret', () => {
  const kept = async () =>
    JSON.stringify(await world.test.query('select row_to_json(k) as row from idempotency_keys k'));

  it('is told by a repeated key what it has made, and nothing of the secret, which is nowhere', async () => {
    await expect(world.ask('/secrets', { key: 'k-1' })).resolves.toMatchObject({
      status: 201,
      body: { data: { id: 'made-1', key: 'swordfish' } },
    });
    const again = await world.ask('/secrets', { key: 'k-1', process: 1 });
    expect(again).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT', id: 'made-1' } } });
    expect(again.text).not.toContain('swordfish');
    expect(await kept()).not.toMatch(new RegExp(`swordfish|${Buffer.from('swordfish').toString('hex')}`));
    expect(work.done).toHaveLength(1);
  });

  it('tells it also when its process was killed before it answered: nothing is made twice', async () => {
    const never = Promise.withResolvers<void>();
    work.gate = never.promise;
    const lost = world.ask('/secrets', { key: 'k-1' });
    await until(kept, (text) => text.includes('made-1'));
    await world.kill();
    await expect(world.ask('/secrets', { key: 'k-1', process: 1 })).resolves.toMatchObject({
      status: 409,
      body: { error: { id: 'made-1' } },
    });
    expect(work.done).toHaveLength(1);
    never.resolve();
    await lost;
  });
});
