import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to Redis that can fall silent: it stays connected, takes what it is sent, and nothing comes back. */
export interface SilentWay {
  readonly url: string;
  silence(): void;
  close(): void;
}

export async function openSilentWay(redisUrl: string): Promise<SilentWay> {
  const url = new URL(redisUrl);
  const [port, host] = [Number(url.port), url.hostname];
  const ends = new Set<Socket>();
  let isSilent = false;
  const server = createServer((client) => {
    const redis = connect(port, host);
    ends.add(client).add(redis);
    client.on('error', () => undefined).on('data', (bytes) => redis.write(bytes));
    redis.on('error', () => undefined).on('data', (bytes) => isSilent || client.write(bytes));
    client.on('close', () => redis.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    silence: () => (isSilent = true),
    close: () => {
      for (const end of ends) end.destroy();
      server.close();
    },
  };
}
