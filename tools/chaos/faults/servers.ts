import type { Random } from '../random.ts';
import type { Fault } from '../scenario.ts';
import { sleepUntil } from '../wait.ts';
import { type Stage, untilDrawn } from './stage.ts';

const afterMs = (ms: number): Promise<void> => sleepUntil(performance.now() + ms);

export async function disturbRedis(
  stage: Stage,
  { how, window, forMs }: Extract<Fault, { kind: 'redis' }>,
  random: Random,
): Promise<void> {
  const { system, journal } = stage;
  await untilDrawn(stage, random, window);
  switch (how) {
    case 'flushed':
      await system.withRedis((redis) => redis.flushall());
      break;
    case 'frozen':
      system.redis.freeze();
      await afterMs(forMs);
      system.redis.thaw();
      break;
    case 'killed':
    case 'stopped':
      await (how === 'killed' ? system.redis.kill() : system.redis.stop());
      await afterMs(forMs);
      await system.redis.start();
      break;
  }
  journal.note(`Redis ${how}${forMs > 0 ? ` for ${forMs / 1_000} s` : ''}`);
  journal.gone();
}

export async function restartPostgres(
  stage: Stage,
  { window, forMs }: Extract<Fault, { kind: 'postgres' }>,
  random: Random,
): Promise<void> {
  const { system, journal } = stage;
  await untilDrawn(stage, random, window);
  await system.postgres.stop();
  await afterMs(forMs);
  await system.postgres.start();
  journal.note(`Postgres restarted${forMs > 0 ? ` after ${forMs / 1_000} s` : ''}`);
  journal.gone();
}

export async function runSql(
  stage: Stage,
  { what, window, forMs, begin, end }: Extract<Fault, { kind: 'sql' }>,
  random: Random,
): Promise<void> {
  await untilDrawn(stage, random, window);
  const held = await stage.owner.hold(begin);
  await afterMs(forMs);
  await held.end(end);
  stage.journal.note(`${what} for ${forMs / 1_000} s`);
  stage.journal.gone();
}
