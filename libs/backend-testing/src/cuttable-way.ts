import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to Postgres that can be cut: the process hears of it at once, Postgres finishes what it was asked. */
export interface CuttableWay {
  readonly url: string;
  /** Ends every connection there is now; new ones are let through. */
  cut(): void;
  close(): void;
}

export async function openCuttableWay(databaseUrl: string): Promise<CuttableWay> {
  const url = new URL(databaseUrl);
  const [port, host] = [Number(url.port), url.hostname];
  const ends = new Set<Socket>();
  const server = createServer((client) => {
    const postgres = connect(port, host);
    ends.add(client);
    client.on('error', () => undefined).on('data', (bytes) => postgres.write(bytes));
    postgres.on('error', () => undefined).on('data', (bytes) => client.writable && client.write(bytes));
    postgres.on('close', () => client.destroy());
    client.on('end', () => postgres.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cut = (): void => {
    for (const end of ends) end.destroy();
    ends.clear();
  };
  return {
    url: url.href,
    cut,
    close: () => {
      cut();
      server.close();
    },
  };
}
