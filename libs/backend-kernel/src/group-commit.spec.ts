import { describe, expect, it } from '@jest/globals';
import { GroupCommit, GroupFull, type GroupLimits } from './group-commit.js';

const roomy: GroupLimits = { items: 4, bytes: 100, inFlight: 1, waitingItems: 100, waitingBytes: 1_000 };

/** Runs whose end the test decides; echoes each item. */
function controlled(limits: Partial<GroupLimits> = {}) {
  const groups: { items: readonly string[]; end: () => void }[] = [];
  const group = new GroupCommit<string, string>({ ...roomy, ...limits }, async (items) => {
    const ended = Promise.withResolvers<void>();
    groups.push({ items, end: ended.resolve });
    await ended.promise;
    return items.map((item) =>
      item === 'bad'
        ? { status: 'rejected', reason: new Error('bad item') }
        : { status: 'fulfilled', value: `done ${item}` },
    );
  });
  return { group, groups };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('GroupCommit', () => {
  it('runs a lone caller at once, without waiting for company', async () => {
    const { group, groups } = controlled();
    const answer = group.submit('a', 1);
    await turn();
    groups[0]?.end();
    await expect(answer).resolves.toBe('done a');
  });

  it('lets callers of the same turn share one run', async () => {
    const { group, groups } = controlled();
    const answers = ['a', 'b', 'c'].map((item) => group.submit(item, 1));
    await turn();
    expect(groups.map(({ items }) => items)).toEqual([['a', 'b', 'c']]);
    groups[0]?.end();
    await expect(Promise.all(answers)).resolves.toEqual(['done a', 'done b', 'done c']);
  });

  it('gathers the next group while a run is under way', async () => {
    const { group, groups } = controlled();
    const first = group.submit('a', 1);
    await turn();
    const later = ['b', 'c'].map((item) => group.submit(item, 1));
    await turn();
    expect(groups).toHaveLength(1);
    groups[0]?.end();
    await first;
    expect(groups[1]?.items).toEqual(['b', 'c']);
    groups[1]?.end();
    await expect(Promise.all(later)).resolves.toHaveLength(2);
  });

  it('keeps no more runs under way than allowed', async () => {
    const { group, groups } = controlled({ inFlight: 2, items: 1 });
    const answers = ['a', 'b', 'c'].map((item) => group.submit(item, 1));
    await turn();
    expect(groups).toHaveLength(2);
    groups[0]?.end();
    await answers[0];
    await turn();
    expect(groups).toHaveLength(3);
    for (const run of groups) run.end();
    await Promise.all(answers);
  });

  it('bounds a run by items and by bytes, and lets one larger item go alone', async () => {
    const { group, groups } = controlled();
    const sizes = [40, 40, 40, 500, 1, 1, 1, 1, 1];
    const answers = sizes.map((bytes, index) => group.submit(String(index), bytes));
    for (let ended = 0; ended < 5; ended += 1) {
      await turn();
      groups[ended]?.end();
      await turn();
    }
    await Promise.all(answers);
    expect(groups.map(({ items }) => items.join(''))).toEqual(['01', '2', '3', '4567', '8']);
  });

  it('refuses at once when too many items or bytes wait, and takes new ones afterwards', async () => {
    const { group, groups } = controlled({ waitingItems: 2, waitingBytes: 50 });
    const answers = [group.submit('a', 10), group.submit('b', 10)];
    await expect(group.submit('c', 1)).rejects.toBeInstanceOf(GroupFull);
    await turn();
    groups[0]?.end();
    await Promise.all(answers);
    await expect(group.submit('large', 51)).rejects.toBeInstanceOf(GroupFull);
    const next = group.submit('d', 50);
    await turn();
    groups[1]?.end();
    await expect(next).resolves.toBe('done d');
  });

  it('tells each caller of its own item only', async () => {
    const { group, groups } = controlled();
    const [good, bad] = [group.submit('good', 1), group.submit('bad', 1)];
    await turn();
    groups[0]?.end();
    await expect(bad).rejects.toThrow('bad item');
    await expect(good).resolves.toBe('done good');
  });

  it('fails every caller of a run that broke, and goes on', async () => {
    let runs = 0;
    const group = new GroupCommit<string, string>(roomy, async (items) => {
      runs += 1;
      if (runs === 1) throw new Error('the run broke');
      return await Promise.resolve(items.map((value) => ({ status: 'fulfilled', value })));
    });
    const answers = await Promise.allSettled([group.submit('a', 1), group.submit('b', 1)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(group.submit('c', 1)).resolves.toBe('c');
  });

  it('leaves nobody without an answer when a run forgets an item', async () => {
    const group = new GroupCommit<string, string>(roomy, async () => await Promise.resolve([]));
    await expect(group.submit('a', 1)).rejects.toThrow('no result');
  });
});
