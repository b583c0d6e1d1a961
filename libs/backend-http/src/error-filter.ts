import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { AppError, type Category, asAppError, categoryPolicy } from '@visapi/backend-kernel';
import type { Log } from '@visapi/backend-observability';
import { translateDatabaseError } from '@visapi/backend-repositories';
import type { FastifyReply } from 'fastify';
import { errorBody } from './envelope.js';
import type { HttpRequest } from './request-context.js';

/** Turns whatever was thrown into the one error answer. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    const reply = http.getResponse<FastifyReply>();
    const error = toAppError(thrown);
    const policy = categoryPolicy[error.category];
    const fields = { correlationId: request.visapi.correlationId, code: error.code };
    if (policy.logLevel !== 'info') this.log[policy.logLevel]('request failed', fields, error.cause ?? error);
    request.visapi.fields = { ...request.visapi.fields, code: error.code };
    if (reply.sent) return;
    if (policy.status === 503 || error.retryAfterSeconds !== undefined)
      void reply.header('retry-after', String(error.retryAfterSeconds ?? 5));
    const asProblem = (request.headers.accept ?? '').includes('application/problem+json');
    void reply
      .status(policy.status)
      .type(asProblem ? 'application/problem+json; charset=utf-8' : 'application/json; charset=utf-8')
      .send(JSON.stringify(errorBody(error, request.visapi.correlationId, asProblem)));
  }
}

const byStatus: Readonly<Record<number, Category>> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  408: 'timeout',
  409: 'conflict',
  413: 'too-large',
  414: 'invalid',
  415: 'invalid',
  422: 'unprocessable',
  429: 'rate-limited',
  503: 'unavailable',
};

/** Our own errors as they are; those of Nest, Fastify and the database driver by what they mean. */
function toAppError(thrown: unknown): AppError {
  const translated = translateDatabaseError(thrown);
  if (translated instanceof AppError) return translated;
  const status =
    thrown instanceof HttpException ? thrown.getStatus() : (thrown as { statusCode?: unknown }).statusCode;
  const category = typeof status === 'number' ? byStatus[status] : undefined;
  if (category === undefined) return asAppError(thrown);
  return new AppError(category, messages[category] ?? (thrown as Error).message, { cause: thrown });
}

/** Said in our words, so that nothing of a framework's wording becomes part of the contract. */
const messages: Partial<Record<Category, string>> = {
  'not-found': 'There is nothing at this address.',
};
