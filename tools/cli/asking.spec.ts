import { describe, expect, it } from '@jest/globals';
import { commands } from './commands.ts';
import { operationOf } from './description.ts';
import { nearest } from './nearest.ts';
import { isFlag, offered, sentFor, usageOf } from './parameters.ts';
import { refusal } from './api-refusal.ts';
import { linesOfOne, linesOfRows } from './view.ts';

describe('what an operation takes', () => {
  it('is an option for each filter that the API describes, but not for its pages', () => {
    const options = offered(operationOf('listOrders')).map(usageOf);
    expect(options).toContain('[--created-from <time>]');
    expect(options).toContain('[--cbb-synced true|false]');
    expect(options.join()).not.toMatch(/page|cursor/);
  });

  it('is sent where the API wants it, in the type it wants', () => {
    const correct = operationOf('correctOrder');
    const values = { phone: 'null', 'whatsapp-alerts-enabled': 'false', reason: 'asked for' };
    expect(sentFor(correct, values, '').body).toEqual({
      phone: null,
      whatsappAlertsEnabled: false,
      reason: 'asked for',
    });
    const replay = operationOf('replayDeliveries');
    const described = { state: 'failed', ids: 'a, b', 'dry-run': true };
    expect(sentFor(replay, described, '')).toEqual({
      query: { dryRun: 'true' },
      body: { filter: { state: 'failed', ids: ['a', 'b'] } },
    });
    expect(sentFor(operationOf('listOrders'), { branch: 'il' }, '')).toEqual({
      query: { branch: 'il' },
      body: undefined,
    });
  });

  it('is offered whole where the API wants one field or another', () => {
    const options = offered(operationOf('replayDeadLetters')).map(usageOf);
    expect(options.toSorted()).toEqual([
      '[--dry-run]',
      '[--kind handler|job]',
      '[--name <text>]',
      '[--reason <text>]',
    ]);
  });

  it('is refused before anybody is asked, when the API knows no such word', async () => {
    const settle = async (outcome: string) =>
      await commands
        .find(({ name }) => name === 'messages')
        ?.run({
          positionals: ['settle', 'm-1'],
          values: { outcome, reason: 'asked her' },
          env: { VISAPI_URL: 'http://127.0.0.1:1', VISAPI_API_KEY: 'a.b' },
        });
    await expect(settle('maybe')).rejects.toMatchObject({
      message: '--outcome cannot be "maybe"',
      fix: 'One of: sent, not-sent',
    });
    await expect(settle('sent')).rejects.toThrow('Settle message m-1 as sent for good was not confirmed');
  });

  it('is missed by its name', () => {
    expect(() => sentFor(operationOf('reviewOrder'), {}, 'usage')).toThrow('--reason is missing');
  });

  it('has one form in all actions of a command, so that it can be read before the action is known', () => {
    for (const { options } of commands)
      for (const [name, { type }] of Object.entries(options))
        if (['dry-run', 'force', 'yes', 'json', 'all'].includes(name))
          expect([name, type]).toEqual([name, 'boolean']);
    expect(
      offered(operationOf('replayDelivery'))
        .filter(isFlag)
        .map(({ option }) => option),
    ).toEqual(['dry-run']);
  });
});

describe('what somebody meant', () => {
  it.each([
    ['lst', 'list'],
    ['brnch', 'branch'],
    ['tim', 'timeline'],
    ['elephant', undefined],
  ])('%s is %s', (given, meant) => {
    expect(nearest(given, ['list', 'branch', 'timeline', 'show'])).toBe(meant);
  });
});

describe('a table', () => {
  it('shows nested fields, and nothing that would steer a terminal or break a line', () => {
    const rows = [{ id: 'a', sync: { state: 'pro\u001b[2Jcessed\nx' }, warnings: [], isOk: true }];
    expect(linesOfRows(rows)).toEqual([
      'id  sync state       warnings  is ok',
      'a   pro [2Jcessed x  -         yes',
    ]);
    expect(linesOfRows(rows, ['id'])).toEqual(['id', 'a']);
    expect(linesOfRows([])).toEqual(['none']);
  });

  it('shows one thing by its fields, then the lists that it holds', () => {
    const one = { countedAt: '2026-01-05T09:00:00.123Z', queues: [{ name: 'cbb', counts: { waiting: 2 } }] };
    expect(linesOfOne(one)).toEqual([
      'counted at  2026-01-05T09:00:00Z',
      '',
      'queues:',
      'name  counts waiting',
      'cbb   2',
    ]);
  });

  it('says in a cell what a few things are, and of many no more than how many: lines stay readable', () => {
    const lanes = [
      { name: 'contacts', state: 'closed', since: null },
      { name: 'messages', state: 'open', since: null },
    ];
    const errors = Array.from({ length: 10 }, () => ({ at: '2026-01-05T09:00:00.123Z', code: 'P0001' }));
    expect(linesOfRows([{ id: 'a', lanes, errors }])).toEqual([
      'id  lanes                           errors',
      'a   contacts closed; messages open  10 entries',
    ]);
  });
});

describe('a command with the wrong number of arguments', () => {
  const run = async (...positionals: string[]) =>
    await commands.find(({ name }) => name === 'messages')?.run({ positionals, values: {}, env: {} });

  it('is told what is missing, or that there is too much', async () => {
    await expect(run('show')).rejects.toThrow('messages show needs <id>');
    await expect(run('show', 'a', 'b')).rejects.toThrow(
      'messages show is given more than it takes: 2 arguments',
    );
  });
});

describe('a refusal of the API', () => {
  it('names the code, each fault and the remedy', () => {
    const details = [{ path: 'reason', message: 'is missing' }];
    const { message, fix } = refusal(400, { error: { code: 'VALIDATION_ERROR', message: 'No.', details } });
    expect(message).toBe('No. (VALIDATION_ERROR)');
    expect(fix).toMatch(/^reason: is missing\n.*Correct all of them/);
  });

  it('says so when it is no answer of ours', () => {
    expect(refusal(502, {}).fix).toContain('VISAPI_URL');
  });
});
