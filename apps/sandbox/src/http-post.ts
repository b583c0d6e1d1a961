import { Agent, request } from 'node:http';

export interface PostAnswer {
  readonly status: number;
  readonly body: string;
}

/** Posts bodies over kept connections. */
export class PostClient {
  readonly #agent: Agent;

  constructor(
    maxSockets: number,
    private readonly timeoutMs: number,
  ) {
    this.#agent = new Agent({ keepAlive: true, maxSockets, scheduling: 'lifo' });
  }

  post(url: URL, headers: Readonly<Record<string, string>>, body: Buffer): Promise<PostAnswer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(url, {
        method: 'POST',
        agent: this.#agent,
        headers: { 'content-type': 'application/json', 'content-length': body.length, ...headers },
      });
      outgoing.setTimeout(this.timeoutMs, () =>
        outgoing.destroy(new Error(`no answer in ${this.timeoutMs} ms`)),
      );
      outgoing.once('error', reject);
      outgoing.once('response', (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.once('error', reject);
        incoming.once('end', () =>
          resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
      });
      outgoing.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
