import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type INestApplicationContext, Module, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Command, CommandBus, CommandHandler, CqrsModule, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { AppError } from '@visapi/backend-kernel';
import { Log } from './log.js';
import { Metrics } from './metrics.js';
import { nestLogger } from './nest-logger.js';
import { ObservabilityModule } from './observability.module.js';

class Sell extends Command<string> {
  constructor(
    readonly how: 'sold' | 'refused' | 'broken' | 'slow' | 'wrong',
    readonly by = { correlationId: 'c-1' },
  ) {
    super();
  }
}

@CommandHandler(Sell)
class SellHandler {
  async execute({ how }: Sell): Promise<string> {
    if (how === 'refused') throw new AppError('conflict', 'Sold to somebody else.');
    if (how === 'wrong') throw new AppError('bug', 'Should not be.');
    if (how === 'broken') throw new Error('no such thing');
    if (how === 'slow') await pause(1_050);
    return 'done';
  }
}

@CommandHandler(Sell)
class OtherSellHandler extends SellHandler {}

class Ask extends Query<number> {}

@QueryHandler(Ask)
class AskHandler {
  async execute(): Promise<number> {
    return await Promise.resolve(7);
  }
}

@QueryHandler(Ask)
class OtherAskHandler extends AskHandler {}

@Module({})
class Root {}

const config = { environment: 'test', logLevel: 'silent', clockOffsetMs: 0, commit: 'none' } as const;
let app: INestApplicationContext | undefined;
let warnings: unknown[][];
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function start(providers: Provider[], modules: (typeof Root)[] = []): Promise<INestApplicationContext> {
  const log = Log.create(config, 'test');
  warnings = [];
  Object.assign(log, { warn: (...line: unknown[]) => warnings.push(line) });
  const imports = [ObservabilityModule.forRoot(config, log), CqrsModule, ...modules];
  app = await NestFactory.createApplicationContext(
    { module: Root, imports, providers },
    { logger: nestLogger(Log.create(config, 'test')), abortOnError: false },
  );
  return app;
}

describe('whatever is dispatched', () => {
  it('is counted by its class and how it ended', async () => {
    const started = await start([SellHandler, AskHandler]);
    const commands = started.get(CommandBus);
    await expect(commands.execute(new Sell('sold'))).resolves.toBe('done');
    await expect(commands.execute(new Sell('refused'))).rejects.toMatchObject({ category: 'conflict' });
    await expect(commands.execute(new Sell('wrong'))).rejects.toMatchObject({ category: 'bug' });
    await expect(commands.execute(new Sell('broken'))).rejects.toThrow('no such thing');
    await expect(started.get(QueryBus).execute(new Ask())).resolves.toBe(7);
    const told = await started.get(Metrics).render();
    const counted = [...told.matchAll(/visapi_bus_duration_seconds_count\{(.*)\} (\d)/g)].map(
      ([, labels, count]) => `${labels} ${count}`,
    );
    expect(counted).toEqual([
      'kind="command",name="Sell",outcome="ok" 1',
      'kind="command",name="Sell",outcome="CONFLICT" 1',
      'kind="command",name="Sell",outcome="failure" 2',
      'kind="query",name="Ask",outcome="ok" 1',
    ]);
    expect(warnings).toEqual([]);
  });

  it('has a line of its own when it takes more than a second, which names the request', async () => {
    await (await start([SellHandler])).get(CommandBus).execute(new Sell('slow'));
    const durationMs = expect.any(Number);
    expect(warnings).toEqual([['slow command Sell', { durationMs, outcome: 'ok', correlationId: 'c-1' }]]);
  });
});

describe('a start fails', () => {
  it.each([
    [
      'command',
      [SellHandler, OtherSellHandler],
      /command has two handlers: SellHandler and OtherSellHandler/,
    ],
    ['query', [AskHandler, OtherAskHandler], /query has two handlers: AskHandler and OtherAskHandler/],
  ])('when a %s has two handlers', async (_kind, providers, told) => {
    await expect(start(providers)).rejects.toThrow(told);
  });

  it('when one handler is provided by two modules', async () => {
    @Module({ imports: [CqrsModule], providers: [SellHandler] })
    class Second {}
    await expect(start([SellHandler], [Second])).rejects.toThrow(/SellHandler and SellHandler/);
  });
});
