import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { nestLogger, ObservabilityModule } from '@visapi/backend-observability';
import { quietLog, quietProcess, takeTestRedis, until } from '@visapi/backend-testing';
import { CacheModule } from './cache.module.js';
import { CacheService } from './cache.service.js';
import { Cacheable } from './decorators.js';
import { defineFamily } from './family.js';

const families = {
  thing: defineFamily({
    name: 'thing',
    parts: (id: string) => [id],
    budgetBytes: 1_000_000,
    memoryEntries: 50,
    follows: { aggregate: 'thing', by: 'id' },
  }),
};

const source = { values: new Map<string, unknown>(), loads: 0 };

class Reader {
  @Cacheable({ key: families.thing })
  async read(id: string): Promise<unknown> {
    source.loads += 1;
    return source.values.get(id);
  }
}

@Module({})
class Root {}

/** A way to Redis that a test cuts, or lets fall silent, and restores on the same port. */
class Way {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private silent = false;
  port = 0;

  constructor(private readonly to: URL) {}

  get url(): string {
    return `redis://127.0.0.1:${this.port}${this.to.pathname}`;
  }

  async open(): Promise<void> {
    this.silent = false;
    this.server = createServer((near) => {
      const far = connect({ port: Number(this.to.port), host: this.to.hostname });
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => near.destroy() && far.destroy());
      }
      near.on('data', (bytes) => far.write(bytes));
      far.on('data', (bytes) => this.silent || near.write(bytes));
    });
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
    const address = this.server.address();
    if (typeof address === 'object' && address) this.port = address.port;
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.server?.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
    await closed;
  }

  fallSilent(): void {
    this.silent = true;
  }
}

let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let ways: Way[];
let open: INestApplicationContext[];

beforeEach(async () => {
  redis = await takeTestRedis();
  ways = [];
  open = [];
  source.values.clear();
  source.loads = 0;
});
afterEach(async () => {
  await Promise.all(open.map((app) => app.close()));
  await Promise.all(ways.map((way) => way.cut()));
  await redis.close();
});

async function startProcess() {
  const way = new Way(new URL(redis.url));
  ways.push(way);
  await way.open();
  const config = { redisUrl: way.url, ttlDefault: 300, ttlAuth: 900 };
  const queue = { url: 'redis://127.0.0.1:1', publicUrl: undefined };
  const app = await NestFactory.createApplicationContext(
    {
      module: Root,
      imports: [
        ObservabilityModule.forRoot(quietProcess, quietLog),
        CacheModule.forRoot(config, queue, families),
      ],
      providers: [Reader],
    },
    { logger: nestLogger(quietLog), abortOnError: false },
  );
  open.push(app);
  const reader = app.get(Reader);
  let asked = 0;
  /** A key that nobody asked for before: neither tier holds it. */
  const readNew = async () => await reader.read(`new-${way.port}-${(asked += 1)}`);
  const cache = app.get(CacheService);
  const usesRedis = async () => (await cache.getStats())[0]?.redis != null;
  const until = async (used: boolean) => await waitFor(usesRedis, used);
  return { way, reader, cache, readNew, until };
}

const waitFor = async (ask: () => Promise<boolean>, wanted: boolean) =>
  await until(ask, (answer) => answer === wanted, 8_000);

/** Milliseconds that each of some reads took, the slowest first. */
async function durations(read: () => Promise<unknown>, times: number): Promise<number[]> {
  const took: number[] = [];
  for (let index = 0; index < times; index += 1) {
    const began = performance.now();
    await read();
    took.push(performance.now() - began);
  }
  return took.sort((one, other) => other - one);
}

/** That a hundred reads in a row wait for nothing: a whole round of them, for the machine itself may stand still once. */
const nobodyWaits = async (read: () => Promise<unknown>) =>
  await until(
    () => durations(read, 100),
    ([slowest = 0]) => slowest < 200,
  );

describe('while Redis is away', () => {
  it('reads are answered by the source without an error, before, during and after', async () => {
    const { way, reader, readNew, until: untilUsed } = await startProcess();
    source.values.set('a', 'x');
    await expect(reader.read('a')).resolves.toBe('x');
    const reading = Promise.all(Array.from({ length: 300 }, async () => await readNew()));
    await way.cut();
    await reading;
    await untilUsed(false);
    await nobodyWaits(readNew);
    await way.open();
    await untilUsed(true);
    await readNew();
  });

  it('and answers nobody, reads take a short time more, and soon none', async () => {
    const { way, readNew, until: untilUsed } = await startProcess();
    await untilUsed(true);
    way.fallSilent();
    // Each of the five waits for Redis; where the machine stands still, one or two wait for that.
    const [, , third] = await durations(readNew, 5);
    expect(third).toBeLessThan(500);
    await untilUsed(false);
    await nobodyWaits(readNew);
  });

  it('what was kept before is not served after it, whoever missed which eviction', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    for (const { reader } of [one, two]) {
      source.values.set('a', 'old');
      await reader.read('a');
    }
    await Promise.all([one.way.cut(), two.way.cut()]);
    await Promise.all([one.until(false), two.until(false)]);
    source.values.set('a', 'new');
    await one.cache.changed('thing', ['a']);
    // The one that did not change anything comes back first.
    await two.way.open();
    await two.until(true);
    await waitFor(async () => (await two.reader.read('a')) === 'new', true);
    await one.way.open();
    await one.until(true);
    await expect(one.reader.read('a')).resolves.toBe('new');
  });

  it('an eviction that only one process could not send reaches the others when that one is back', async () => {
    const [cutOff, other] = [await startProcess(), await startProcess()];
    source.values.set('a', 'old');
    await other.reader.read('a');
    cutOff.way.fallSilent();
    source.values.set('a', 'new');
    await cutOff.cache.changed('thing', ['a']);
    await expect(cutOff.reader.read('a')).resolves.toBe('new');
    await cutOff.way.cut();
    await cutOff.way.open();
    await waitFor(async () => (await other.reader.read('a')) === 'new', true);
  });

  it('a start is not held up by it', async () => {
    const began = performance.now();
    const app = await NestFactory.createApplicationContext(
      {
        module: Root,
        imports: [
          ObservabilityModule.forRoot(quietProcess, quietLog),
          CacheModule.forRoot(
            { redisUrl: undefined, ttlDefault: 1, ttlAuth: 1 },
            { url: 'redis://127.0.0.1:1', publicUrl: undefined },
            families,
          ),
        ],
        providers: [Reader],
      },
      { logger: nestLogger(quietLog), abortOnError: false },
    );
    open.push(app);
    source.values.set('a', 'x');
    await expect(app.get(Reader).read('a')).resolves.toBe('x');
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
