import { randomOf, type Random } from '../random.ts';
import type { Fault } from '../scenario.ts';
import { endProcesses, freezeProcess } from './processes.ts';
import { disturbRedis, restartPostgres, runSql } from './servers.ts';
import type { Stage } from './stage.ts';
import { disturbVendors, releaseLate, sendStrangersReceipts } from './vendors.ts';

/** Plays all faults, each at the moments that its seed draws; resolves when the last cause is gone. */
export async function playFaults(stage: Stage, faults: readonly Fault[], seed: number): Promise<void> {
  await Promise.all(faults.map((fault, index) => play(stage, fault, randomOf(seed, `fault ${index}`))));
}

async function play(stage: Stage, fault: Fault, random: Random): Promise<void> {
  switch (fault.kind) {
    case 'end-process':
      return await endProcesses(stage, fault, random);
    case 'freeze-process':
      return await freezeProcess(stage, fault, random);
    case 'redis':
      return await disturbRedis(stage, fault, random);
    case 'postgres':
      return await restartPostgres(stage, fault, random);
    case 'sql':
      return await runSql(stage, fault, random);
    case 'vendor':
      return await disturbVendors(stage, fault);
    case 'stranger-receipts':
      return await sendStrangersReceipts(stage, fault, random);
    case 'late-worker':
      return await releaseLate(stage, fault, random);
  }
}
