import type { Readable } from 'node:stream';
import { AppError } from '@visapi/backend-kernel';

const largest = 10 * 1024 * 1024;
/** The answer to a body that is too large waits for its end, but not for more than this. */
const mostRead = 10 * largest;

/**
 * Reads a body whole. One that is too large is read to its end all the same, though not kept: a sender that is cut off
 * while it writes finds a broken connection and never sees why.
 */
export function readBytes(body: Readable, done: (error: Error | null, bytes?: Buffer) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let settled = false;
  const settle = (error: Error | null, bytes?: Buffer): void => {
    if (settled) return;
    settled = true;
    done(error, bytes);
  };
  body.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= largest) chunks.push(chunk);
    else chunks.length = 0;
    if (size > mostRead) settle(tooLarge());
  });
  body.on('end', () => {
    if (size > largest) settle(tooLarge());
    else settle(null, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
  });
  body.on('error', (error) =>
    settle(new AppError('invalid', 'The body ended before it was whole.', { cause: error })),
  );
}

function tooLarge(): AppError {
  return new AppError('too-large', 'The body is larger than 10 MB.');
}
