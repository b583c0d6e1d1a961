import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Guardian } from './guardian.ts';
import { beganAt, isSameProcess } from './process-identity.ts';
import { stopOne } from './stop.ts';

const stopping = { name: 'child', stage: 1, stopSignal: 'SIGTERM', patienceMs: 200 } as const;
/** For a child that does stop, as soon as the machine lets it. */
const patiently = { ...stopping, patienceMs: 5_000 } as const;
const open: Guardian[] = [];

async function child(script: string) {
  const started = spawn(process.execPath, ['-e', `${script};setInterval(()=>{},1e6);console.log('up')`], {
    detached: true,
  });
  await once(started.stdout, 'data');
  return { pid: started.pid ?? 0, exited: once(started, 'exit') };
}

afterEach(async () => {
  for (const guardian of open.splice(0)) await guardian.close();
});

describe('the guardian', () => {
  it('stops what it watches and removes its folders when its owner is finished', async () => {
    const guardian = new Guardian();
    const folder = mkdtempSync(join(tmpdir(), 'guardian-'));
    const { pid, exited } = await child('');
    guardian.removeAtEnd(folder);
    guardian.watch({ ...patiently, pid });
    await guardian.close();
    expect(await exited).toEqual([null, 'SIGTERM']);
    expect(existsSync(folder)).toBe(false);
  });

  it('is replaced when it dies, and the next one knows as much', async () => {
    let told = () => {};
    const replaced = new Promise<void>((resolve) => (told = resolve));
    const guardian = new Guardian(() => told());
    const { pid, exited } = await child('');
    guardian.watch({ ...patiently, pid });
    const again = new Promise<void>((resolve) => (told = resolve));
    await replaced;
    process.kill(guardian.pid, 'SIGKILL');
    await again;
    await guardian.close();
    expect(await exited).toEqual([null, 'SIGTERM']);
  });
});

describe('stopping a process', () => {
  it('kills one that does not stop in time', async () => {
    const { pid, exited } = await child("process.on('SIGTERM',()=>{})");
    expect(await stopOne({ ...stopping, pid, began: beganAt(pid) })).toEqual({ killed: true });
    expect(await exited).toEqual([null, 'SIGKILL']);
  });

  it('leaves a stranger alone that got the pid of a dead one', async () => {
    expect(isSameProcess(process.pid, 'some other time')).toBe(false);
    expect(await stopOne({ ...stopping, pid: process.pid, began: 'some other time' })).toEqual({
      killed: false,
    });
  });
});
