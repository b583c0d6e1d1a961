import { describe, expect, it } from '@jest/globals';
import { viziOrder } from '@visapi/backend-testing';
import { readImportedRow, receivedAtOf } from './imported-row.js';

const now = new Date('2026-02-01T00:00:00Z');
const row = {
  payload: viziOrder(),
  receivedAt: '2026-01-05T09:00:44.903Z',
  told: { contactSynced: true, confirmationSent: true, visaSent: false },
};
const read = (value: unknown) => readImportedRow(value, now);
const problemsOf = (value: unknown) => {
  const result = read(value);
  return result.kind === 'refused' ? result.problems.map(({ path, message }) => `${path} ${message}`) : [];
};

describe('a row to import', () => {
  it('is what the shop sent, when, and what was told', () => {
    expect(read(row)).toEqual({
      kind: 'order',
      row: {
        orderId: 'IL260105IN10',
        receivedAt: new Date(row.receivedAt),
        told: row.told,
        body: row.payload,
      },
    });
  });

  it('may come out of a CSV file, where everything is text', () => {
    const csv = {
      payload: JSON.stringify(row.payload),
      received_at: '2026-01-05 11:00:44.903+02',
      contact_synced: 't',
      whatsapp_confirmation_sent: '1',
      visa_notification_sent: '',
    };
    expect(read(csv)).toEqual(read(row));
  });

  it.each([
    ['true', true],
    ['T', true],
    [' 1 ', true],
    [1, true],
    ['false', false],
    ['f', false],
    ['0', false],
    [false, false],
  ])('reads %j as %s', (word, sent) => {
    const told = { confirmationSent: word };
    expect(read({ ...row, told })).toMatchObject({ row: { told: { confirmationSent: sent } } });
  });

  it.each([[{}], [{ confirmationSent: null }], [{ confirmationSent: '' }], [undefined]])(
    'is refused when it does not say whether the confirmation was sent: %j',
    (told) => {
      expect(problemsOf({ ...row, told })).toEqual([
        expect.stringMatching(/^confirmationSent must be stated/),
      ]);
    },
  );

  it('takes silence about contact and visa for not done', () => {
    expect(read({ ...row, told: { confirmationSent: false } })).toMatchObject({
      row: { told: { contactSynced: false, confirmationSent: false, visaSent: false } },
    });
  });

  it.each([
    [{ told: { confirmationSent: 'yes' } }, /^confirmationSent must be true or false .*, not "yes"$/],
    [{ told: '{"confirmationSent":' }, /^told must be JSON/],
    [{ receivedAt: undefined }, /^receivedAt is missing/],
    [{ receivedAt: '2026-01-05T09:00:44' }, /^receivedAt must be a time with its zone/],
    [{ receivedAt: '05/01/2026' }, /^receivedAt must be a time with its zone/],
    [{ receivedAt: '2026-03-01T00:00:00Z' }, /^receivedAt lies in the future/],
    [{ payload: undefined }, /^payload is missing/],
    [{ payload: '{"form":' }, /^payload must be JSON/],
    [{ payload: [1] }, /^payload must be a JSON object/],
    [{ payload: { order: { id: 'IL1' } } }, /^form must be an object/],
    [{ payload: { form: {}, order: {} } }, /^order\.id /],
  ])('is refused with what is wrong: %j', (changes, problem) => {
    expect(problemsOf({ ...row, ...changes })).toEqual([expect.stringMatching(problem)]);
  });

  it('names every problem at once', () => {
    const paths = problemsOf({ receivedAt: 'x', told: {} }).map((problem) => problem.split(' ')[0]);
    expect(paths).toEqual(['payload', 'receivedAt', 'confirmationSent']);
  });

  it('is passed over when it is a test order, whatever else it says', () => {
    const payload = viziOrder({ order: { id: 'IL260105IN10-TEST' } });
    expect(read({ payload })).toEqual({ kind: 'test-order', orderId: 'IL260105IN10-TEST' });
  });

  it('tells its time even when the rest is refused, so that rows can be sorted', () => {
    expect(receivedAtOf({ receivedAt: row.receivedAt })).toEqual(new Date(row.receivedAt));
    expect(receivedAtOf({ webhook_received_at: '2026-01-05 09:00:44+00' })).toEqual(
      new Date('2026-01-05T09:00:44Z'),
    );
    expect([null, [], {}, { receivedAt: 'x' }].map(receivedAtOf)).toEqual(Array(4).fill(undefined));
  });
});
