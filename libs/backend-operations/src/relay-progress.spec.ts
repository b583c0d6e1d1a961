import { describe, expect, it } from '@jest/globals';
import { followRelay } from './relay-progress.js';

describe('the outbox', () => {
  it('stands still since the moment at which its oldest event was first seen', () => {
    const first = followRelay(undefined, { position: 7, ageSeconds: 1 }, 1_000);
    expect(followRelay(first, { position: 7, ageSeconds: 30 }, 30_000)).toEqual({
      position: 7,
      since: 1_000,
    });
  });

  it('moves while another event becomes the oldest, however old it is', () => {
    const first = followRelay(undefined, { position: 7, ageSeconds: 100 }, 1_000);
    expect(followRelay(first, { position: 8, ageSeconds: 100 }, 30_000)).toEqual({
      position: 8,
      since: 30_000,
    });
  });

  it('is at rest when nothing waits', () => {
    expect(followRelay({ position: 7, since: 1 }, undefined, 30_000)).toBeUndefined();
  });
});
