import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineJob } from './define-job.js';

const job = defineJob({
  name: 'water-plants',
  queue: 'orders',
  payload: z.object({ plantId: z.uuid() }),
  attempts: 3,
  backoff: { firstMs: 10, maxMs: 20 },
});
const plantId = '019b8a5e-0000-7000-8000-000000000001';

describe('a job request', () => {
  it('has an id made of the job and the thing, so that asking twice is one job', () => {
    expect(job.request(plantId, { plantId })).toMatchObject({
      id: `water-plants-${plantId}`,
      payload: { plantId },
    });
  });

  it('is refused at once when its payload has not the shape', () => {
    expect(() => job.request('x', { plantId: 'no uuid' })).toThrow();
  });

  it('carries nothing that the definition does not name', () => {
    const given = { plantId, phone: '+972500000001' };
    expect(job.request('x', given).payload).toEqual({ plantId });
  });
});
