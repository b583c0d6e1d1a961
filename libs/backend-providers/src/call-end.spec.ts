import { describe, expect, it } from '@jest/globals';
import { CallEnd } from './call-end.js';

describe('the end of a call', () => {
  it('comes with the first signal that ends, for its reason', () => {
    const [claim, deadline] = [new AbortController(), new AbortController()];
    const end = new CallEnd([claim.signal, undefined, deadline.signal], 60_000);
    deadline.abort(new Error('too late'));
    claim.abort(new Error('taken away'));
    expect(end.signal.reason).toEqual(new Error('too late'));
    end.release();
  });

  it('has come already when a signal had ended before', () => {
    const end = new CallEnd([AbortSignal.abort(new Error('gone'))]);
    expect(end.signal.reason).toEqual(new Error('gone'));
  });

  it('comes after its time, named as the platform names it', async () => {
    const end = new CallEnd([], 5);
    await new Promise((resolve) => end.signal.addEventListener('abort', resolve));
    expect((end.signal.reason as Error).name).toBe('TimeoutError');
  });

  it('does not come any more once the call is over', () => {
    const claim = new AbortController();
    const end = new CallEnd([claim.signal], 60_000);
    end.release();
    claim.abort();
    expect(end.signal.aborted).toBe(false);
  });
});
