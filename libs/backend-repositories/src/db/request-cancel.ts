import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import pg from 'pg';

/** What the driver keeps of a session, and its way to speak the protocol; its types leave both out. */
interface Session {
  readonly processID: number;
  readonly secretKey: number;
}
interface Messenger {
  readonly host: string;
  readonly port: number;
  readonly connection: EventEmitter & {
    readonly stream: Duplex;
    readonly ssl: object | boolean | undefined;
    connect(portOrPath: number | string, host?: string): void;
    requestSsl(): void;
    cancel(processId: number, secretKey: number): void;
  };
}

/**
 * Asks Postgres to cancel what the session runs. The request has a connection of its own, which needs neither sign-in nor
 * a free slot, so that it works when every connection is taken. Postgres closes it when the session has been signalled:
 * a statement that is sent after that cannot be hit. https://www.postgresql.org/docs/current/protocol-flow.html
 * @returns whether that is certain; if not, the request may still arrive and the session must not be used again
 */
export async function requestCancel(
  client: pg.PoolClient,
  connectionString: string | undefined,
  patienceMs: number,
): Promise<boolean> {
  const { processID, secretKey } = client as unknown as Session;
  const messenger = new pg.Client({ connectionString }) as unknown as Messenger;
  const { connection, host, port } = messenger;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let isSent = false;
  let isBroken = false;
  const send = (): void => {
    isSent = true;
    connection.cancel(processID, secretKey);
  };
  const breakOff = (): void => {
    isBroken = true;
    connection.stream.destroy();
  };
  const timer = setTimeout(breakOff, patienceMs);
  connection.once('connect', () => (connection.ssl ? connection.requestSsl() : send()));
  connection.once('sslconnect', send);
  connection.on('error', breakOff);
  connection.once('end', () => {
    clearTimeout(timer);
    resolve(!isSent || !isBroken);
  });
  if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
  else connection.connect(port, host);
  return await promise;
}
