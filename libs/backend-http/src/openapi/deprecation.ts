import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RouteDocs } from '../route.js';

/**
 * A hook that says in every answer of a route that it is deprecated (RFC 9745), and until when it is served (RFC 8594).
 * @throws when a day is none, or it is to end before it is announced
 */
export function announceDeprecation({ since, sunset }: NonNullable<RouteDocs['deprecated']>) {
  const [from, until] = [Date.parse(since), Date.parse(sunset)];
  if (!(from < until))
    throw new Error(`A route cannot be deprecated since ${since} and served until ${sunset}`);
  const headers = {
    deprecation: `@${from / 1_000}`,
    sunset: new Date(until).toUTCString(),
    link: '</api/docs>; rel="deprecation"; type="text/html"',
  };
  return (_request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    void reply.headers(headers);
    done();
  };
}
