import { describe, expect, it } from '@jest/globals';
import { faultSchema } from './fault.js';
import { FaultBook } from './fault-book.js';

function bookWith(...faults: object[]): FaultBook {
  const book = new FaultBook();
  for (const fault of faults) book.add(faultSchema.parse(fault));
  return book;
}

const send = ['cbb', 'POST', '/contacts/972500000001/send_content'] as const;

function strikes(book: FaultBook, count: number): boolean[] {
  return Array.from({ length: count }, () => book.strike(...send) !== undefined);
}

describe('FaultBook', () => {
  it('strikes only the vendor and the calls asked for', () => {
    const book = bookWith({ vendor: 'cbb', match: 'send_content', mode: 'error-5xx' });
    expect(book.strike(...send)?.mode).toBe('error-5xx');
    expect(book.strike('cbb', 'GET', '/contacts/972500000001')).toBeUndefined();
    expect(book.strike('meta', 'POST', '/v23.0/1/send_content')).toBeUndefined();
  });

  it.each(['POST /contacts', 'POST /cbb/contacts', '/contacts/9725'])('understands the match %s', (match) => {
    expect(bookWith({ vendor: 'cbb', match, mode: 'refuse' }).strike(...send)).toBeDefined();
  });

  it('strikes at most as often as asked, then lets the next fault have its turn', () => {
    const book = bookWith(
      { vendor: 'cbb', mode: 'error-5xx', times: 2 },
      { vendor: 'cbb', mode: 'refuse', times: 1 },
    );
    const modes = Array.from({ length: 4 }, () => book.strike(...send)?.mode);
    expect(modes).toEqual(['error-5xx', 'error-5xx', 'refuse', undefined]);
    expect(book.list().map(({ applied }) => applied)).toEqual([2, 1]);
  });

  it('counts its strikes from one, for those that alternate', () => {
    const book = bookWith({ vendor: 'cbb', mode: 'rate-limited' });
    expect([book.strike(...send)?.nth, book.strike(...send)?.nth]).toEqual([1, 2]);
  });

  it('strikes at the rate asked for, repeatably by seed', () => {
    const book = bookWith({ vendor: 'cbb', mode: 'error-5xx', rate: 0.3 });
    const first = strikes(book, 2_000);
    const share = first.filter(Boolean).length / first.length;
    expect(share).toBeGreaterThan(0.26);
    expect(share).toBeLessThan(0.34);
    const again = (seed?: number) => {
      book.reset(seed);
      book.add(faultSchema.parse({ vendor: 'cbb', mode: 'error-5xx', rate: 0.3 }));
      return strikes(book, 2_000);
    };
    expect(again()).toEqual(first);
    expect(again(99)).not.toEqual(first);
  });

  it('keeps faults of receipts apart from faults of calls', () => {
    const book = bookWith(
      { vendor: 'cbb', match: 'send_content', mode: 'receipts-lost', times: 1 },
      { vendor: 'cbb', mode: 'timeout-after-accept', delayMs: 100 },
    );
    expect(book.strike(...send)).toEqual({ mode: 'timeout-after-accept', nth: 1, delayMs: 100 });
    expect(book.receipts(...send)).toBe('receipts-lost');
    expect(book.receipts(...send)).toBeUndefined();
  });

  it("lets Meta's own faults of receipts reach messages sent through CBB", () => {
    expect(bookWith({ vendor: 'meta', mode: 'receipts-duplicated' }).receipts(...send)).toBe(
      'receipts-duplicated',
    );
  });

  it('refuses a mode or a rate that does not exist', () => {
    expect(faultSchema.safeParse({ vendor: 'cbb', mode: 'explode' }).success).toBe(false);
    expect(faultSchema.safeParse({ vendor: 'cbb', mode: 'refuse', rate: 2 }).success).toBe(false);
  });
});
