import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { AppError, cleanCorrelationId, newCorrelationId } from '@visapi/backend-kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errorBody } from './envelope.js';
import type { SecurityHeaders } from './security-headers.js';

const json = 'application/json; charset=utf-8';

/** What is answered before there is a request, or a hook that it could pass. */
export function earlyAnswers(fixed: SecurityHeaders) {
  return {
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply): void =>
      refuseAddress(error, request, reply.headers(fixed)),
    clientErrorHandler: (error: ClientError, socket: Socket): void => refuseBytes(error, socket, fixed),
  };
}

type ClientError = Error & { readonly code?: string };

/** An address that cannot be decoded never reaches a hook or a filter, so it is answered here. */
function refuseAddress(_error: Error, { headers }: FastifyRequest, reply: FastifyReply): void {
  const given =
    cleanCorrelationId(headers['x-correlation-id']) ?? cleanCorrelationId(headers['x-request-id']);
  const id = given ?? newCorrelationId();
  const error = new AppError('invalid', 'The address is not a valid URL.');
  void reply
    .status(400)
    .headers({ 'x-correlation-id': id, 'x-request-id': id })
    .type(json)
    .send(JSON.stringify(errorBody(error, id, false)));
}

/** What is no request at all, or none that has come in time: there are no headers to read, so the id is ours. */
function refuseBytes(error: ClientError, socket: Socket, fixed: SecurityHeaders): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, told] = meaningOf(error.code);
  const id = newCorrelationId();
  const body = JSON.stringify(errorBody(told, id, false));
  if (socket.writable)
    socket.write(
      [
        `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
        `content-type: ${json}`,
        `content-length: ${Buffer.byteLength(body)}`,
        `x-correlation-id: ${id}`,
        `x-request-id: ${id}`,
        ...Object.entries(fixed).map(([name, value]) => `${name}: ${value}`),
        'connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  socket.destroy(error);
}

function meaningOf(code: string | undefined): readonly [number, AppError] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return [408, new AppError('timeout', 'The request did not come to its end in time.')];
  if (code === 'HPE_HEADER_OVERFLOW')
    return [431, new AppError('invalid', 'The headers are larger than 16 kB.')];
  return [400, new AppError('invalid', 'This is not an HTTP/1.1 request.')];
}

/** Requests on kept connections while the process stops: sent again, they reach another one. After the correlation hook. */
export function refuseWhenClosing(fastify: FastifyInstance): void {
  let isClosing = false;
  fastify.addHook('preClose', (done) => {
    isClosing = true;
    done();
  });
  fastify.addHook('onRequest', (_request, _reply, done) => {
    if (!isClosing) return done();
    done(
      new AppError('unavailable', 'This process is stopping; please send again.', { retryAfterSeconds: 1 }),
    );
  });
}
