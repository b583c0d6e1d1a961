import { describe, expect, it } from '@jest/globals';
import { parseStartArguments } from './arguments.ts';
import { readSettings } from './settings.ts';

describe('what npm start is told', () => {
  it('runs one of each unless told otherwise', () => {
    expect(parseStartArguments([])).toEqual({ workers: 1, backends: 1 });
    expect(parseStartArguments(['--workers', '2', '--backends=3'])).toEqual({ workers: 2, backends: 3 });
    expect(parseStartArguments(['--workers', '0']).workers).toBe(0);
  });

  it.each([['x'], ['-1'], ['17'], ['1.5'], ['']])('refuses --workers %j', (given) => {
    expect(() => parseStartArguments([`--workers=${given}`])).toThrow(/whole number from 0 to 16/);
  });

  it('refuses what it does not know', () => {
    expect(() => parseStartArguments(['--daemon'])).toThrow(/--daemon/);
    expect(() => parseStartArguments(['workers'])).toThrow(/workers/);
  });

  it('takes ports and folder from the environment, an empty value as not set', () => {
    const settings = readSettings({ PORT: '4000', WORKER_PORT: '', VISAPI_HOME: '/somewhere/else' });
    expect(settings).toMatchObject({ backendPort: 4000, workerPort: 3001, home: '/somewhere/else' });
    expect(settings.databaseUrl).toBeUndefined();
  });

  it('refuses ports that are none, or the same twice', () => {
    expect(() => readSettings({ PORT: '70000' })).toThrow(/PORT must be a port number/);
    expect(() => readSettings({ PORT: '3001' })).toThrow(/must differ/);
  });
});
