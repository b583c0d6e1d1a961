import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

const LOOK_EVERY_MS = 100;

/** Hands on every line that is appended to the file from now on. */
export class LogTail {
  private readonly file: string;
  private readonly onLine: (line: string) => void;
  private readonly decoder = new StringDecoder('utf8');
  private readonly timer: NodeJS.Timeout;
  private readonly buffer = Buffer.allocUnsafe(65_536);
  private offset: number;
  private rest = '';

  constructor(file: string, onLine: (line: string) => void) {
    this.file = file;
    this.onLine = onLine;
    this.offset = existsSync(file) ? statSync(file).size : 0;
    this.timer = setInterval(() => this.read(), LOOK_EVERY_MS).unref();
  }

  close(): void {
    clearInterval(this.timer);
    this.read();
  }

  private read(): void {
    if (!existsSync(this.file) || statSync(this.file).size <= this.offset) return;
    const handle = openSync(this.file, 'r');
    try {
      for (;;) {
        const length = readSync(handle, this.buffer, 0, this.buffer.length, this.offset);
        if (length === 0) break;
        this.offset += length;
        this.take(this.decoder.write(this.buffer.subarray(0, length)));
      }
    } finally {
      closeSync(handle);
    }
  }

  private take(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.onLine(line);
  }
}
