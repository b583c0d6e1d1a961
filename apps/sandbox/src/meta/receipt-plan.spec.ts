import { describe, expect, it } from '@jest/globals';
import { planReceipts } from './receipt-plan.js';

const delays = [50, 150, 300];
const byArrival = (plan: ReturnType<typeof planReceipts>) =>
  [...plan].sort((one, other) => one.arrivesAfterMs - other.arrivesAfterMs).map(({ status }) => status);

describe('planReceipts', () => {
  it('plans sent, delivered, read', () => {
    expect(byArrival(planReceipts(delays))).toEqual(['sent', 'delivered', 'read']);
  });

  it('turns the order of arrival round and keeps the times at which things happened', () => {
    const plan = planReceipts(delays, 'receipts-out-of-order');
    expect(byArrival(plan)).toEqual(['read', 'delivered', 'sent']);
    expect(plan.map(({ happensAfterMs }) => happensAfterMs)).toEqual([300, 150, 50]);
    for (const { happensAfterMs, arrivesAfterMs } of plan)
      expect(arrivesAfterMs).toBeGreaterThanOrEqual(happensAfterMs);
  });

  it('doubles each, loses all, or fails the message after it was sent', () => {
    expect(planReceipts(delays, 'receipts-duplicated')).toHaveLength(6);
    expect(planReceipts(delays, 'receipts-lost')).toEqual([]);
    expect(byArrival(planReceipts(delays, 'receipts-failed'))).toEqual(['sent', 'failed']);
  });
});
