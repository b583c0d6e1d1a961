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
 * 20 ms at most, and the process with it; of one that is killed the last lines may be missing. The lines wait here and not
 * in the stream, whose own flush would also wait for the disk.
 */
export function standardOutput(): Output {
  const stream = destination({ dest: 1, sync: true });
  let lines = '';
  let soon: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(soon);
    soon = undefined;
    const piece = lines;
    lines = '';
    if (piece !== '') stream.write(piece);
  };
  return {
    write: (line) => {
      lines += line;
      if (lines.length >= largestPiece) flush();
      else soon ??= setTimeout(flush, soonMs);
    },
    flush,
  };
}
