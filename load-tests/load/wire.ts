import { connect, type Socket } from 'node:net';

/** @param status the HTTP status, or 0 when the connection broke before an answer came */
export type OnAnswer = (status: number, body: Buffer) => void;

const EMPTY: Buffer = Buffer.alloc(0);
const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH = /content-length: (\d+)/i;

/**
 * One keep-alive HTTP/1.1 connection with one request in flight, on a bare socket: on a machine shared with what it
 * measures, a generator must cost far less than the thing it drives. Understands answers with a Content-Length.
 */
export class WireConnection {
  private readonly host: string;
  private readonly port: number;
  private socket: Socket | undefined;
  private received = EMPTY;
  private waiting: OnAnswer | undefined;

  constructor(url: URL) {
    this.host = url.hostname;
    this.port = Number(url.port);
  }

  /** Writes one request; `onAnswer` is called exactly once. Not to be called again before that. */
  send(request: Buffer, onAnswer: OnAnswer): void {
    this.waiting = onAnswer;
    this.socket ??= this.open();
    this.socket.write(request);
  }

  close(): void {
    this.socket?.destroy();
  }

  private open(): Socket {
    const socket = connect({ host: this.host, port: this.port, noDelay: true });
    socket.on('data', (chunk) => {
      this.read(chunk);
    });
    // 'close' always follows 'error', and is where the waiting request is told.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.socket = undefined;
      this.answer(0, EMPTY);
    });
    return socket;
  }

  private read(chunk: Buffer): void {
    const bytes = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const headEnd = bytes.indexOf(HEAD_END);
    const head = headEnd < 0 ? '' : bytes.toString('latin1', 0, headEnd);
    const bodyStart = headEnd + HEAD_END.length;
    const bodyEnd = bodyStart + Number(LENGTH.exec(head)?.[1] ?? 0);
    if (headEnd < 0 || bytes.length < bodyEnd) {
      this.received = bytes;
      return;
    }
    this.received = EMPTY;
    this.answer(Number(head.slice(9, 12)), bytes.subarray(bodyStart, bodyEnd));
  }

  private answer(status: number, body: Buffer): void {
    const told = this.waiting;
    this.waiting = undefined;
    this.received = EMPTY;
    told?.(status, body);
  }
}
