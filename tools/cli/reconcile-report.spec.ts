import { describe, expect, it } from '@jest/globals';
import type { Reconciliation } from '@visapi/backend-operations';
import { ReconcileReport, type Told } from './reconcile-report.ts';

const nothing = {
  ...{ orders: 0, repeated: 0, told: 0, onlyThere: 0, rejected: 0, onlyHere: 0, missing: 0, notTold: [] },
  testOrders: { there: 0, here: 0, both: 0 },
};
const result = (counts: object = {}) =>
  ({ period: undefined, counts: { ...nothing, ...counts } }) as unknown as Reconciliation;

async function written(json: boolean, told: readonly Told[][], end = result()) {
  let text = '';
  const write = (part: string) => Promise.resolve(void (text += part));
  const report = new ReconcileReport(write, json);
  for (const findings of told) await report.add(findings);
  await report.end(end);
  return text;
}

const never = (n: number): Told => ({ finding: 'only-there', orderId: `IL${n}` });

describe('what a comparison with a list found', () => {
  it.each([[[]], [[[]]], [[[never(1)]]], [[[never(1), never(2)], [], [never(3)]]]])(
    'is one JSON document, in however many parts it came: %j',
    async (told: Told[][]) => {
      expect(JSON.parse(await written(true, told))).toMatchObject({ findings: told.flat(), period: null });
    },
  );

  it('shows the first 50 of each kind and says how many more there are', async () => {
    const told = Array.from({ length: 60 }, (_none, n) => never(n));
    const text = await written(false, [told], result({ onlyThere: 60 }));
    expect(text).toContain('  IL49\n  ... and 10 more; --json shows all');
    expect(text).not.toContain('IL50');
  });

  it('does not let those that are withheld by rule hide who else was not told', async () => {
    const withheld = Array.from({ length: 60 }, (_none, n): Told => {
      return { finding: 'not-told', orderId: `CO${n}`, state: 'skipped', reason: 'branch' };
    });
    const lost: Told = { finding: 'not-told', orderId: 'IL1', state: 'failed', reason: 'contact-failed' };
    await expect(written(false, [withheld, [lost]])).resolves.toContain(
      'not told:\n  IL1  failed, contact-failed',
    );
  });

  it('says when what is only here was not looked for', async () => {
    await expect(written(false, [])).resolves.toContain('was not looked for');
    const period = { from: new Date('2026-01-05T00:00:00Z'), to: null };
    await expect(written(false, [], { ...result(), period })).resolves.toContain(
      'from 2026-01-05T00:00:00.000Z to now',
    );
  });

  it('names everything that nobody may overlook', async () => {
    const told: Told[] = [
      { finding: 'unreadable', line: 7, problem: 'id must not be empty' },
      { finding: 'rejected', orderId: 'IL1', deliveryId: 'd1' },
      { finding: 'not-told', orderId: 'IL2', state: 'uncertain', reason: null },
      { finding: 'test-order', orderId: 'IL3-TEST', where: 'both' },
    ];
    const text = await written(false, [told]);
    for (const line of [
      'line 7  id must not be empty',
      'IL1  delivery d1',
      'IL2  uncertain',
      'IL3-TEST  in both',
    ])
      expect(text).toContain(`  ${line}\n`.trimEnd());
  });
});
