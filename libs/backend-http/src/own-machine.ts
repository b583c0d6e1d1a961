import type { IncomingMessage } from 'node:http';

const loopback = ['127.0.0.1', '::1', '::ffff:127.0.0.1'];

/** A proxy on this machine makes every caller look local; it leaves one of these. */
const traces = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via'];

/** What this machine is called by whoever is on it. Any other name was asked for from elsewhere, or by a page that lies about it. */
const ownName = /^(?:[a-z0-9-]+\.)*localhost(?::\d+)?$|^(?:127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/** Whether a request began on this very machine, as far as anybody can tell. */
export function isFromThisMachine({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
  if (traces.some((name) => headers[name] !== undefined)) return false;
  return loopback.includes(socket.remoteAddress ?? '') && ownName.test(headers.host ?? '');
}
