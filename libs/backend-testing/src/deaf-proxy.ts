import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to Redis that can swallow what a worker takes jobs by: it stays connected, pings are answered, and it hears of nothing. */
export interface DeafProxy {
  readonly url: string;
  /** From now on whoever asks for a job waits for ever, reconnected or not. */
  deafen(): void;
  hear(): void;
  close(): Promise<void>;
}

/** What only a connection that takes jobs says: BullMQ's wait for one, and its look for jobs of dead workers. */
const takesJobs = /bzpopmin|stalled-check/i;

export async function startDeafProxy(redisUrl: string): Promise<DeafProxy> {
  const target = new URL(redisUrl);
  const sockets = new Set<Socket>();
  const ears = { deaf: false };
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    relay(client, upstream, ears);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `redis://127.0.0.1:${port}${target.pathname}`,
    deafen: () => (ears.deaf = true),
    hear: () => (ears.deaf = false),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Both ways, except while the worker is deaf for the connections by which it takes jobs. */
function relay(client: Socket, upstream: Socket, ears: { readonly deaf: boolean }): void {
  let takes = false;
  client.on('data', (bytes) => {
    takes ||= takesJobs.test(bytes.toString('latin1'));
    if (!(ears.deaf && takes)) upstream.write(bytes);
  });
  upstream.on('data', (bytes) => {
    if (!(ears.deaf && takes)) client.write(bytes);
  });
}
