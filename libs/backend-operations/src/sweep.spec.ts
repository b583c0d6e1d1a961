import { describe, expect, it } from '@jest/globals';
import { jobsFor } from './sweep.js';

const id = '019b8a5e-0000-7000-8000-000000000001';
const nothing = { expired: [], stranded: [], due: [], open: [] };
const expired = (kind: string, state: string) => ({
  id,
  kind,
  state,
  orderId: 'IL260105IN10',
  correlationId: 'c',
});
const ids = (lost: Partial<Parameters<typeof jobsFor>[0]>) =>
  jobsFor({ ...nothing, ...lost }).map((job) => job.id);

describe('the jobs that bring lost work back', () => {
  it('write a contact again that a dead worker held', () => {
    expect(ids({ expired: [expired('contact', 'planned')] })).toEqual([`sync-contact-${id}-recovered`]);
  });

  it('never send a message again that a dead worker held', () => {
    expect(ids({ expired: [expired('message', 'uncertain')] })).toEqual([]);
  });

  it('carry the attempt, so that a new attempt is a new job', () => {
    const due = [
      { id, kind: 'contact', attempt: 3 },
      { id, kind: 'message', attempt: 0 },
    ];
    expect(ids({ due })).toEqual([`sync-contact-${id}-3`, `send-message-${id}-0`]);
  });

  it('interpret a delivery by its kind', () => {
    expect(
      ids({
        open: [
          { id, kind: 'order' },
          { id, kind: 'receipt' },
        ],
      }),
    ).toEqual([`create-order-${id}`, `apply-receipts-${id}`]);
  });
});
