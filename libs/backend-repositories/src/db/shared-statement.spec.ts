import { describe, expect, it } from '@jest/globals';
import { AppError, Deadline, runWithin, tookTooLong } from '@visapi/backend-kernel';
import { SharedStatement, type Step } from './shared-statement.js';

interface Call {
  readonly items: readonly string[];
  readonly end: (answer?: ReadonlyMap<string, string> | Error) => void;
}

/** Statements whose ends the test decides. Items are `<key>` or `<key>#<copy>`. */
function controlled(changes: Partial<Step<string, string>> = {}) {
  const alone: Call[] = [];
  const together: Call[] = [];
  const begin = <T>(calls: Call[], items: readonly string[], usual: T) => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const end: Call['end'] = (answer) =>
      answer instanceof Error ? reject(answer) : resolve((answer ?? usual) as T);
    calls.push({ items, end });
    return promise;
  };
  const shared = new SharedStatement<string, string>({
    key: (item) => item.replace(/#.*/, ''),
    alone: async (item) => await begin(alone, [item], `${item} alone`),
    together: async (items) => await begin(together, items, all(items)),
    ...changes,
  });
  return { shared, alone, together };
}

const all = (items: readonly string[]) =>
  new Map(items.map((item) => [item.replace(/#.*/, ''), `${item} together`]));
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
/** Turns of the event loop, as many as pass in some seconds at most. */
const until = async (isSo: () => boolean) => {
  for (let turns = 0; turns < 1_000_000 && !isSo(); turns += 1) await turn();
};
const failed = (code: string) => Object.assign(new Error(`SQLSTATE ${code}`), { code });
/** What a caller hears by now. */
const heard = async (answer: Promise<string>) =>
  await Promise.race([answer, turn().then(() => 'nothing yet')]);

describe('A shared statement', () => {
  it('takes a lone step alone and at once', async () => {
    const { shared, alone, together } = controlled();
    const answer = shared.take('a');
    await turn();
    expect(alone.map(({ items }) => items)).toEqual([['a']]);
    alone[0]?.end();
    await expect(answer).resolves.toBe('a alone');
    expect(together).toEqual([]);
  });

  it('takes the steps of one moment together, and tells each of its own', async () => {
    const { shared, alone, together } = controlled();
    const answers = ['a', 'b', 'c'].map((item) => shared.take(item));
    await turn();
    expect(together.map(({ items }) => items.toSorted())).toEqual([['a', 'b', 'c']]);
    together[0]?.end();
    await expect(Promise.all(answers)).resolves.toEqual(['a together', 'b together', 'c together']);
    expect(alone).toEqual([]);
  });

  it('gathers what comes while a step is under way', async () => {
    const { shared, alone, together } = controlled();
    const first = shared.take('a');
    await turn();
    const later = ['b', 'c'].map((item) => shared.take(item));
    await turn();
    expect(together).toEqual([]);
    alone[0]?.end();
    await first;
    await turn();
    together[0]?.end();
    await expect(Promise.all(later)).resolves.toEqual(['b together', 'c together']);
  });

  it('takes alone what the others could not take along, and nobody waits for it', async () => {
    const { shared, alone, together } = controlled();
    const [a, held, c] = ['a', 'held', 'c'].map((item) => shared.take(item));
    await turn();
    together[0]?.end(all(['a', 'c']));
    await expect(Promise.all([a, c])).resolves.toEqual(['a together', 'c together']);
    expect(alone.map(({ items }) => items)).toEqual([['held']]);
    const next = ['d', 'e'].map((item) => shared.take(item));
    await turn();
    together[1]?.end();
    await expect(Promise.all(next)).resolves.toEqual(['d together', 'e together']);
    alone[0]?.end();
    await expect(held).resolves.toBe('held alone');
  });

  it('lets a lone step that is held up hold up nobody else for long', async () => {
    const { shared, alone, together } = controlled();
    const held = shared.take('held');
    await turn();
    const next = ['a', 'b'].map((item) => shared.take(item));
    await until(() => together.length === 1);
    together[0]?.end();
    await expect(Promise.all(next)).resolves.toEqual(['a together', 'b together']);
    alone[0]?.end(new Error('lock not available'));
    await expect(held).rejects.toThrow('lock not available');
  });

  it('takes everybody alone after a failure together, and nobody hears of a neighbour’s', async () => {
    const { shared, alone, together } = controlled();
    const answers = ['a', 'bad', 'c'].map((item) => shared.take(item));
    await turn();
    together[0]?.end(failed('23505'));
    await turn();
    expect(alone.map(({ items }) => items)).toEqual([['a'], ['bad'], ['c']]);
    alone.forEach(({ items, end }) => end(items[0] === 'bad' ? failed('23505') : undefined));
    await expect(Promise.allSettled(answers)).resolves.toEqual([
      { status: 'fulfilled', value: 'a alone' },
      { status: 'rejected', reason: failed('23505') },
      { status: 'fulfilled', value: 'c alone' },
    ]);
  });

  it.each(['57014', '55P03', '40P01', '22P05'])('takes alone what failed together with %s', async (code) => {
    const { shared, alone, together } = controlled();
    const answers = ['a', 'b'].map((item) => shared.take(item));
    await turn();
    together[0]?.end(failed(code));
    await turn();
    alone.forEach(({ end }) => end());
    await expect(Promise.all(answers)).resolves.toEqual(['a alone', 'b alone']);
  });

  it.each(['08006', '57P01', '53300', 'ECONNRESET'])(
    'tells everybody that the database is away (%s) without asking it for each',
    async (code) => {
      const { shared, alone, together } = controlled();
      const answers = ['a', 'b', 'b#2'].map((item) => shared.take(item));
      await turn();
      together[0]?.end(failed(code));
      const reason = expect.objectContaining({ code });
      await expect(Promise.allSettled(answers)).resolves.toEqual(
        answers.map(() => ({ status: 'rejected', reason })),
      );
      expect(alone).toEqual([]);
    },
  );

  it('goes on after the database was away', async () => {
    const { shared, alone, together } = controlled();
    const lost = ['a', 'b'].map((item) => shared.take(item));
    await turn();
    together[0]?.end(failed('57P01'));
    await Promise.allSettled(lost);
    const answer = shared.take('c');
    await turn();
    alone[0]?.end();
    await expect(answer).resolves.toBe('c alone');
  });

  it.each([
    ['the very same', 'b'],
    ['another', 'b#2'],
  ])('never gives the outcome of one step to two: %s item of one key', async (_, second) => {
    const { shared, alone, together } = controlled();
    const answers = ['a', 'b', second, 'c'].map((item) => shared.take(item));
    await turn();
    expect(together.map(({ items }) => items.toSorted())).toEqual([['a', 'b', 'c']]);
    together[0]?.end();
    await turn();
    expect(alone.map(({ items }) => items)).toEqual([[second]]);
    alone[0]?.end();
    await expect(Promise.all(answers)).resolves.toEqual([
      'a together',
      'b together',
      `${second} alone`,
      'c together',
    ]);
  });

  it('takes steps of one key alone, each for itself', async () => {
    const { shared, alone, together } = controlled();
    const answers = ['a', 'a', 'a#2'].map((item) => shared.take(item));
    await turn();
    expect(alone.map(({ items }) => items)).toEqual([['a'], ['a'], ['a#2']]);
    alone.forEach(({ end }, index) => end(index === 1 ? failed('23505') : undefined));
    const settled = await Promise.allSettled(answers);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(together).toEqual([]);
  });

  it('tells the outcome "nothing" as an outcome, not as left out', async () => {
    const alone: string[] = [];
    const shared = new SharedStatement<string, string | undefined>({
      key: (item) => item,
      alone: async (item) => await Promise.resolve(alone.push(item).toString()),
      together: async (items) => await Promise.resolve(new Map(items.map((item) => [item, undefined]))),
    });
    await expect(Promise.all([shared.take('a'), shared.take('b')])).resolves.toEqual([undefined, undefined]);
    expect(alone).toEqual([]);
  });

  it('leaves a caller whose deadline has passed, and finishes the step for the others', async () => {
    const { shared, together } = controlled();
    const limit = new Deadline();
    const late = runWithin(limit, () => shared.take('late'));
    const other = shared.take('other');
    await turn();
    limit.end(tookTooLong(5_000));
    await expect(late).rejects.toBeInstanceOf(AppError);
    await expect(heard(other)).resolves.toBe('nothing yet');
    together[0]?.end();
    await expect(other).resolves.toBe('other together');
  });

  it('is not brought down by a step that fails after its caller has gone', async () => {
    const { shared, alone } = controlled();
    const limit = new Deadline();
    const late = runWithin(limit, () => shared.take('late'));
    await turn();
    limit.end(tookTooLong(5_000));
    await expect(late).rejects.toBeInstanceOf(AppError);
    alone[0]?.end(failed('57014'));
    await turn();
    const answer = shared.take('next');
    await until(() => alone.length === 2);
    alone[1]?.end();
    await expect(answer).resolves.toBe('next alone');
  });

  it('takes 64 at most in one statement', async () => {
    const { shared, together } = controlled();
    const names = Array.from({ length: 100 }, (_, index) => `item-${index}`);
    const answers = names.map((item) => shared.take(item));
    await turn();
    together[0]?.end();
    await until(() => together.length === 2);
    together[1]?.end();
    await expect(Promise.all(answers)).resolves.toEqual(names.map((item) => `${item} together`));
    expect(together.map(({ items }) => items.length)).toEqual([64, 36]);
  });
});
