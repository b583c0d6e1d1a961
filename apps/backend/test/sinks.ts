import type { Redis } from 'ioredis';
import pg from 'pg';
import type { TestSystem } from './system.js';

/** Everything that a system leaves behind, by name: what somebody finds who has the disk, a copy of it, or its logs. */
export type Sinks = ReadonlyMap<string, Buffer>;

export async function readSinks(system: TestSystem): Promise<Sinks> {
  const [backend, worker] = await Promise.all([system.log('backend'), system.log('worker')]);
  return new Map([
    ['log of the backend', Buffer.from(backend)],
    ['log of the worker', Buffer.from(worker)],
    ['metrics of the backend', await metricsOf(system.urls.backend)],
    ['metrics of the worker', await metricsOf(system.urls.worker)],
    ...(await system.withRedis(readRedis)),
    ...(await readTables(system.ownerUrl)),
  ]);
}

/** Names of the sinks that hold one of these texts, in any of the forms that bytes take on their way. */
export function findIn(sinks: Sinks, texts: readonly string[]): string[] {
  const forms = texts.flatMap(formsOf);
  return [...sinks].flatMap(([name, bytes]) => (forms.some((form) => bytes.includes(form)) ? [name] : []));
}

/** As it is, with JSON's slashes, in hexadecimal digits, and in base64 wherever it begins there. */
function formsOf(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const shifted = [0, 1, 2].map((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replaceAll('=', '');
    // The digits at both ends depend on the neighbours.
    return whole.slice(Math.ceil((shift * 4) / 3), -1);
  });
  return [text, text.replaceAll('/', '\\/'), bytes.toString('hex'), ...shifted].map((form) =>
    Buffer.from(form),
  );
}

async function metricsOf(url: string): Promise<Buffer> {
  const answer = await fetch(`${url}/metrics`);
  if (!answer.ok) throw new Error(`${url}/metrics answered ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

async function readRedis(redis: Redis): Promise<[string, Buffer][]> {
  // What is dumped would else be compressed, and nothing could be found in it.
  await redis.config('SET', 'rdbcompression', 'no');
  const keys: string[] = [];
  for await (const batch of redis.scanStream({ count: 1_000 })) keys.push(...(batch as string[]));
  const parts = await Promise.all(
    keys.map(async (key) => [Buffer.from(key), (await redis.dumpBuffer(key)) ?? Buffer.alloc(0)]),
  );
  return [['Redis', Buffer.concat(parts.flat())]];
}

async function readTables(ownerUrl: string): Promise<[string, Buffer][]> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`,
    );
    const sinks: [string, Buffer][] = [];
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      const text = rows.map(({ row }) => row).join('\n');
      // A row's text shows bytes as hexadecimal digits.
      const bytes = (text.match(/(?<=\\x)[0-9a-f]+/g) ?? []).map((digits) => Buffer.from(digits, 'hex'));
      sinks.push([`table ${name}`, Buffer.concat([Buffer.from(text), ...bytes])]);
    }
    return sinks;
  } finally {
    await client.end();
  }
}
