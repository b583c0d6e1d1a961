import { describe, expect, it, jest } from '@jest/globals';
import { loadConfig, slices } from '@visapi/backend-config';
import { AppError } from '@visapi/backend-kernel';
import { Log } from './log.js';
import { LogBuffer } from './log-buffer.js';

const silent = loadConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent' }, { process: slices.process }).process;

function start(most?: number) {
  const dropped = jest.fn<(reason: string, count: number) => void>();
  const buffer = new LogBuffer(dropped, most);
  const log = Log.create(silent, 'worker');
  log.keepIn(buffer);
  return { log, buffer, dropped };
}

describe('a line of the log', () => {
  it('is kept when it warns, fails or tells of an order, whatever the level of the output', () => {
    const { log, buffer } = start();
    log.info('request', { route: '/livez' });
    log.info('job', { event: 'order.created', orderId: 'IL260105IN10', job: 'create-order', count: 2 });
    log.warn('sweep could not finish', { reason: 'receipts' });
    log.error('needs attention', { correlationId: 'c-1', code: 'vendor-refused' });
    expect(buffer.take(10)).toMatchObject([
      {
        level: 'info',
        process: 'worker',
        event: 'order.created',
        orderId: 'IL260105IN10',
        fields: { count: 2 },
      },
      { level: 'warn', message: 'sweep could not finish', fields: { reason: 'receipts' } },
      { level: 'error', correlationId: 'c-1', code: 'vendor-refused', fields: {} },
    ]);
  });

  it('keeps no field that is not on the list, even where a type was outwitted', () => {
    const { log, buffer } = start();
    const person = { clientName: 'דנה לדוגמה', phone: '+972500000001', body: { form: {} } };
    log.warn('odd', { outcome: 'refused', ...person });
    const [line] = buffer.take(1);
    expect(line?.fields).toEqual({ outcome: 'refused' });
    expect(JSON.stringify(line)).not.toMatch(/דנה|97250/);
  });

  it('keeps of an error its name and code, of ours the message too, and no stack', () => {
    const { log, buffer } = start();
    log.warn('one', {}, Object.assign(new TypeError('row of +972500000001'), { code: '22P02' }));
    log.error('two', {}, new AppError('unavailable', 'CBB does not answer.'));
    expect(buffer.take(2).map(({ fields }) => fields)).toEqual([
      { error: 'TypeError', errorCode: '22P02' },
      { error: 'CBB does not answer.', errorCode: 'UNAVAILABLE' },
    ]);
  });

  it('is made fit for the database: no NUL, no half character, at most 500 characters', () => {
    const { log, buffer } = start();
    log.warn('a\0b', { reason: '\ud800', route: 'x'.repeat(2_000), durationMs: Number.NaN });
    const [line] = buffer.take(1);
    expect(line).toMatchObject({ message: 'ab', fields: { reason: '\ufffd' } });
    expect(line?.route).toHaveLength(500);
    expect(line?.fields).not.toHaveProperty('durationMs');
  });

  it('is not kept when it comes from the side', () => {
    const { log, buffer } = start();
    log.unkept().error('cannot be stored');
    expect(buffer.size).toBe(0);
  });
});

describe('lines that wait', () => {
  it('give way to warnings when there is little room, and to newer ones when there is none; each is counted', () => {
    const { log, buffer, dropped } = start(10);
    for (let index = 0; index < 12; index += 1) log.info('story', { event: 'order.created', count: index });
    expect(buffer.size).toBe(8);
    for (let index = 0; index < 5; index += 1) log.warn('warning', { count: index });
    expect(buffer.size).toBe(10);
    expect(dropped.mock.calls.reduce((sum, [, count]) => sum + count, 0)).toBe(7);
    expect(buffer.take(10).map(({ message, fields }) => `${message} ${fields['count']}`)).toEqual([
      ...['story 3', 'story 4', 'story 5', 'story 6', 'story 7'],
      ...['warning 0', 'warning 1', 'warning 2', 'warning 3', 'warning 4'],
    ]);
  });

  it('keep their order when some could not be stored, within the same bound', () => {
    const { log, buffer, dropped } = start(4);
    for (const count of [1, 2, 3]) log.warn('warning', { count });
    const taken = buffer.take(2);
    for (const count of [4, 5]) log.warn('warning', { count });
    buffer.giveBack(taken);
    expect(buffer.take(9).map(({ fields }) => fields['count'])).toEqual([2, 3, 4, 5]);
    expect(dropped).toHaveBeenCalledWith('full', 1);
  });
});
