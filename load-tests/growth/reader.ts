import { WireConnection } from '../load/wire.ts';

/** One question over HTTP. */
export interface Question {
  readonly path: string;
  /** Sent as JSON by POST; none = GET. */
  readonly body?: unknown;
}

/**
 * Asks one question after the other on one connection.
 * @returns ms from sending each to its whole answer
 * @throws Error with the answer's beginning when one is not 200
 */
export async function ask(
  origin: string,
  headers: Readonly<Record<string, string>>,
  questions: readonly Question[],
): Promise<number[]> {
  const url = new URL(origin);
  const connection = new WireConnection(url);
  const took: number[] = [];
  try {
    for (const question of questions) {
      const request = requestOf(url, headers, question);
      const began = performance.now();
      const { status, body } = await answerOf(connection, request);
      took.push(performance.now() - began);
      if (status !== 200)
        throw new Error(`${question.path} was answered ${status}: ${body.toString('utf8', 0, 400)}`);
    }
    return took;
  } finally {
    connection.close();
  }
}

function answerOf(connection: WireConnection, request: Buffer): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve) => {
    connection.send(request, (status, body) => {
      resolve({ status, body });
    });
  });
}

function requestOf(url: URL, headers: Readonly<Record<string, string>>, { path, body }: Question): Buffer {
  const content = body === undefined ? '' : JSON.stringify(body);
  const head = [
    `${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1`,
    `Host: ${url.host}`,
    ...(body === undefined
      ? []
      : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(content)}`]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${content}`);
}
