import { createHash } from 'node:crypto';
import { AppError } from '@visapi/backend-kernel';
import type { AskedOnce, KeptAnswer, Remembered } from '@visapi/backend-repositories/idempotency';
import type { FastifyReply, RouteOptions } from 'fastify';
import type { HttpRequest } from './request-context.js';

/** Whether a route heeds keys: a POST that demands scopes, unless its senders repeat by themselves or it only asks. */
export function takesKey({ method, config }: Pick<RouteOptions, 'method' | 'config'>): boolean {
  if (method !== 'POST' || typeof config?.access !== 'object') return false;
  return config.isRepeated !== true && config.creates !== false;
}

/**
 * What a request asks for, as it is compared with others of the same key.
 * @throws AppError `invalid` for a key that is none
 */
export function askedOnce(request: HttpRequest, owner: string, key: unknown): AskedOnce {
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    const message = 'must be one text of 1 to 255 visible ASCII characters, such as a UUID';
    throw new AppError('invalid', 'The request is not valid.', {
      details: [{ path: 'Idempotency-Key', message }],
    });
  }
  const [path = '', ...query] = request.url.split('?');
  const bytes = Buffer.isBuffer(request.body) ? request.body : request.visapi.bytes;
  const bodyHash = createHash('sha256')
    .update(`${query.join('?')}\n`)
    .update(bytes ?? '')
    .digest();
  return { owner, key, route: `${request.method} ${path}`, bodyHash };
}

/**
 * What is to be done about a request whose key is known.
 * @throws AppError when the key was used for something else
 */
export function verdictOf(
  met: Remembered,
  asked: AskedOnce,
): 'begun' | 'expired' | 'answered' | 'running' | 'lapsed' {
  if (met.isNew) return 'begun';
  if (met.isExpired && (met.state === 'done' || met.isLapsed)) return 'expired';
  if (met.route !== asked.route) throw reused('route', `it was used for ${met.route}`);
  if (!met.bodyHash.equals(asked.bodyHash))
    throw reused('body', 'the body or the query is not that of the request that it was used for');
  if (met.state === 'done') return 'answered';
  return met.isLapsed ? 'lapsed' : 'running';
}

/**
 * Whether an answer is the one that every repeat is given. What may be different next time is not: a failure of ours, a
 * limit, whatever says when to come again. Nor is a request that was not valid, of which nothing was done.
 */
export function isKept(reply: Pick<FastifyReply, 'statusCode' | 'hasHeader'>): boolean {
  const { statusCode } = reply;
  return statusCode < 500 && ![400, 429].includes(statusCode) && !reply.hasHeader('retry-after');
}

/** Of the headers of an answer, those that say what its body is. */
export function keptHeaders(reply: Pick<FastifyReply, 'getHeader'>): Record<string, string> {
  const entries = ['content-type', 'location'].map((name) => [name, reply.getHeader(name)] as const);
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

/** The id of what was made, of an answer in our envelope; undefined where nothing was. */
export function idOfAnswer({ status, body }: KeptAnswer): string | undefined {
  if (status >= 300) return undefined;
  const { data } = JSON.parse(body.toString()) as { data?: { id?: unknown } };
  return typeof data?.id === 'string' ? data.id : undefined;
}

function reused(path: string, message: string): AppError {
  return new AppError('unprocessable', 'This Idempotency-Key was used for another request.', {
    code: 'IDEMPOTENCY_KEY_REUSED',
    details: [{ path, message }],
  });
}
