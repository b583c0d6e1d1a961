import { destination, type DestinationStream } from 'pino';

const soonMs = 20;
const largestPiece = 8 * 1024;

/** Where log lines go. */
export interface Output extends DestinationStream {
  /** Writes what waits. */
  readonly flush: () => void;
}

/**
 * Standard output in pieces of many lines: one write of the system for each line costs more than the line. A line waits
 * 20 ms at most, and the process with it; of one that is killed the last lines may be missing.
 */
export function standardOutput(): Output {
  const stream = destination({ dest: 1, sync: true, minLength: largestPiece });
  let waiting: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(waiting);
    waiting = undefined;
    stream.flushSync();
  };
  return {
    write: (line) => {
      stream.write(line);
      waiting ??= setTimeout(flush, soonMs);
    },
    flush,
  };
}
