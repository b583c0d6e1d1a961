import { describe, expect, it } from '@jest/globals';
import {
  afterFailure,
  byAggregate,
  keyOf,
  mayGo,
  paceOf,
  setAside,
  split,
  toldAgain,
  waiting,
  wantedBy,
} from './fact-order.js';

const teller = {
  name: 'count',
  types: ['made', 'changed'],
  attempts: 3,
  backoff: { firstMs: 100, maxMs: 1_000 },
};
const fact = (position: number, aggregateId: string, type = 'made', aggregateType = 'order') => ({
  position,
  aggregateType,
  aggregateId,
  type,
});
const at = (positions: readonly { position: number }[]) => positions.map(({ position }) => position);
const failure = { at: '2026-01-05T09:00:00.000Z', code: 'ODD', message: 'is odd', isFinal: false };
const { isFinal: _final, ...kept } = failure;
const ours = (aggregateId: string, untilPosition: number | null = null) => ({
  aggregateType: 'order',
  aggregateId,
  untilPosition,
});

describe('what of a batch may be handed on', () => {
  const batch = [fact(1, 'A'), fact(2, 'B'), fact(3, 'A', 'changed'), fact(4, 'C', 'noticed')];

  it('is all of the aggregates that are ours, and what no handler wants', () => {
    const claim = { aggregates: [ours('A')], handlers: ['count'] };
    expect(at(mayGo(batch, [teller], claim))).toEqual([1, 3, 4]);
  });

  it('stops in front of a fact that somebody else tells an earlier one of', () => {
    const claim = { aggregates: [ours('A', 3), ours('B')], handlers: ['count'] };
    expect(at(mayGo(batch, [teller], claim))).toEqual([1, 2, 4]);
  });

  it('takes an aggregate by type and id', () => {
    const claim = { aggregates: [{ ...ours('A'), aggregateType: 'delivery' }], handlers: ['count'] };
    expect(at(mayGo(batch, [teller], claim))).toEqual([4]);
  });

  it('leaves what a handler wants that is just beginning anew, whoever else wants it', () => {
    const other = { name: 'other', types: ['changed'] };
    const aggregates = [ours('A'), ours('B'), ours('C')];
    expect(at(mayGo(batch, [teller, other], { aggregates, handlers: ['count'] }))).toEqual([1, 2, 4]);
    expect(at(mayGo(batch, [teller, other], { aggregates, handlers: ['other'] }))).toEqual([4]);
    expect(at(mayGo(batch, [teller, other], { aggregates, handlers: ['other', 'count'] }))).toEqual([
      1, 2, 3, 4,
    ]);
  });

  it('is everything when nobody wants anything', () => {
    expect(at(mayGo(batch, [], { aggregates: [], handlers: [] }))).toEqual([1, 2, 3, 4]);
  });
});

describe('the facts of a handler', () => {
  it('are those of the types it wants, in their order', () => {
    expect(at(wantedBy(teller, [fact(1, 'A', 'noticed'), fact(2, 'A'), fact(3, 'B', 'changed')]))).toEqual([
      2, 3,
    ]);
  });

  it('are grouped by aggregate, each in order, the aggregate of the first fact first', () => {
    const groups = byAggregate([fact(1, 'B'), fact(2, 'A'), fact(3, 'B'), fact(4, 'B', 'made', 'delivery')]);
    expect(groups.map(at)).toEqual([[1, 3], [2], [4]]);
    expect(keyOf(fact(1, 'B'))).toBe('order:B');
  });

  it('wait from the first one on that waits already, for this handler and aggregate alone', () => {
    const facts = [fact(1, 'A'), fact(2, 'A'), fact(3, 'B'), fact(4, 'A')];
    const block = { handler: 'count', aggregateType: 'order', aggregateId: 'A', position: 2 };
    expect(split('count', facts, [block])).toEqual({
      now: [facts[0], facts[2]],
      behind: [facts[1], facts[3]],
    });
    expect(split('other', facts, [block])).toEqual({ now: facts, behind: [] });
    expect(split('count', facts, [{ ...block, aggregateType: 'delivery' }]).behind).toEqual([]);
    expect(split('count', facts, [{ ...block, position: 5 }]).behind).toEqual([]);
  });

  it('wait untried and without a time of their own behind others', () => {
    expect(waiting('count', [fact(7, 'A')], true)).toEqual([
      {
        handler: 'count',
        ...{ position: 7, aggregateType: 'order', aggregateId: 'A' },
        replayed: true,
        state: 'waiting',
        ...{ attempts: 0, dueInMs: null, errors: [] },
      },
    ]);
  });
});

describe('a fact that failed', () => {
  const untried = { attempts: 0, errors: [] };

  it('is tried again after a pause that grows and varies', () => {
    const first = afterFailure(teller, untried, failure, 0);
    expect(first).toEqual({ state: 'waiting', attempts: 1, dueInMs: 50, errors: [kept] });
    expect(afterFailure(teller, first, failure, 0.5)).toMatchObject({
      state: 'waiting',
      attempts: 2,
      dueInMs: 150,
    });
  });

  it('is dead after as many tries as its handler allows, with all that went wrong', () => {
    const before = { attempts: 2, errors: [kept, { ...kept, code: 'EVEN' }] };
    expect(afterFailure(teller, before, failure, 0)).toEqual({
      state: 'dead',
      attempts: 3,
      dueInMs: null,
      errors: [kept, { ...kept, code: 'EVEN' }, kept],
    });
    expect(afterFailure({ ...teller, attempts: 4 }, before, failure, 0).state).toBe('waiting');
  });

  it('is dead at once when another try would end the same', () => {
    expect(afterFailure(teller, untried, { ...failure, isFinal: true }, 0)).toMatchObject({
      state: 'dead',
      attempts: 1,
      dueInMs: null,
    });
  });

  it('keeps its first error and the last ones, twenty in all', () => {
    const errors = Array.from({ length: 20 }, (_none, index) => ({ ...kept, code: `E${index}` }));
    const most = { ...teller, attempts: 100 };
    const after = afterFailure(most, { attempts: 20, errors }, { ...failure, code: 'LAST' }, 0);
    expect(after.errors.map(({ code }) => code)).toEqual([
      'E0',
      ...errors.slice(2).map(({ code }) => code),
      'LAST',
    ]);
    const fewer = afterFailure(most, { attempts: 19, errors: errors.slice(1) }, failure, 0);
    expect(fewer.errors).toHaveLength(20);
    expect(fewer.errors[0]?.code).toBe('E1');
  });
});

describe('what a handler could not take', () => {
  it('waits for its next try when it was one fact', () => {
    expect(setAside(teller, [fact(3, 'A')], failure, false, 0)).toMatchObject([
      { position: 3, state: 'waiting', attempts: 1, dueInMs: 50, replayed: false, errors: [kept] },
    ]);
  });

  it('is blamed on none of several facts: the first is tried alone at once, the others behind it', () => {
    const entries = setAside({ ...teller, attempts: 1 }, [fact(3, 'A'), fact(5, 'A')], failure, true, 0);
    expect(entries).toMatchObject([
      { position: 3, state: 'waiting', attempts: 0, dueInMs: 0, replayed: true, errors: [] },
      { position: 5, state: 'waiting', attempts: 0, dueInMs: null, replayed: true, errors: [] },
    ]);
  });

  it('has no try behind it when none was made', () => {
    expect(setAside({ ...teller, attempts: 1 }, [fact(3, 'A')], null, false, 0)).toMatchObject([
      { state: 'waiting', attempts: 0, dueInMs: 0 },
    ]);
  });

  it('is nothing when there were no facts', () => {
    expect(setAside(teller, [], failure, false, 0)).toEqual([]);
  });
});

describe('a replay', () => {
  it('tells what was told live before, and leaves the rest to the relay', () => {
    expect(at(toldAgain([fact(1, 'A'), fact(2, 'A'), fact(3, 'B')], new Set([1, 3])))).toEqual([1, 3]);
  });

  it.each([
    [1_000, { batch: 200, pauseMs: 200 }],
    [10_000, { batch: 200, pauseMs: 20 }],
    [200, { batch: 200, pauseMs: 1_000 }],
    [50, { batch: 50, pauseMs: 1_000 }],
    [1, { batch: 1, pauseMs: 1_000 }],
  ])('of %i facts a second makes batches that keep to it', (rate, pace) => {
    expect(paceOf(rate, 200)).toEqual(pace);
  });
});
