import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { nobody } from './cbb/contact-routes.js';
import type { FaultBook, Strike } from './faults/fault-book.js';
import type { CallMode, Vendor } from './faults/fault.js';
import { parseJson } from './json.js';
import type { CallLog, RecordedCall } from './recording/call-log.js';
import {
  type VendorAnswer,
  type VendorCall,
  type VendorRoute,
  type VendorSimulator,
  refused,
} from './vendor.js';

const hangUpAfterMs = 60_000;
const slowMs = 1_000;
const malformedPage = '<!DOCTYPE html><html><body><h1>Service temporarily unavailable</h1></body></html>';

interface Gate {
  readonly calls: CallLog;
  readonly faults: FaultBook;
}

/** Mounts a simulator under `/<vendor>`: every call is recorded, and struck by the faults asked for. */
export function mountVendor(app: FastifyInstance, simulator: VendorSimulator, gate: Gate): void {
  const prefix = `/${simulator.vendor}`;
  const unknownRoute: VendorRoute['answer'] = () => refused(404, simulator.errorBody(404, 'unknown route'));
  const mount = (method: string[], url: string, answer: VendorRoute['answer']): void => {
    app.route({
      method,
      url,
      handler: (request, reply) => pass(request, reply, { ...gate, simulator, answer }),
    });
  };
  for (const route of simulator.routes) mount([route.method], prefix + route.path, route.answer);
  mount(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], `${prefix}/*`, unknownRoute);
}

interface Pass extends Gate {
  readonly simulator: VendorSimulator;
  readonly answer: VendorRoute['answer'];
}

function pass(request: FastifyRequest, reply: FastifyReply, to: Pass): FastifyReply {
  const { vendor } = to.simulator;
  const path = request.url.slice(vendor.length + 1);
  const recorded = record(request, vendor, path, to.calls);
  const strike = to.faults.strike(vendor, request.method, path);
  const proceed = (): VendorAnswer => {
    const answer = to.answer(vendorCall(request, () => to.faults.receipts(vendor, request.method, path)));
    recorded.outcome = answer.refused === true ? 'rejected' : 'accepted';
    return answer;
  };
  return strike === undefined
    ? send(reply, proceed())
    : struck(reply, strike, proceed, recorded, to.simulator);
}

function struck(
  reply: FastifyReply,
  strike: Strike,
  proceed: () => VendorAnswer,
  recorded: RecordedCall,
  { errorBody }: VendorSimulator,
): FastifyReply {
  const { mode, delayMs } = strike;
  // What the vendor does all the same is recorded under the fault that struck.
  const act = (): VendorAnswer => {
    const answer = proceed();
    recorded.outcome = mode;
    return answer;
  };
  recorded.outcome = mode;
  switch (mode) {
    case 'malformed':
      act();
      return reply.code(200).type('text/html').send(malformedPage);
    case 'timeout-after-accept':
      act();
      return hangUp(reply, delayMs ?? hangUpAfterMs);
    case 'slow-after-accept':
      // Its receipts may overtake the answer.
      return sendLater(reply, act(), delayMs);
    case 'slow':
      setTimeout(() => void send(reply, proceed()), delayMs ?? slowMs).unref();
      return reply;
    default:
      return send(reply, refusalOf(mode, strike.nth, errorBody));
  }
}

type Refusal = Exclude<CallMode, 'malformed' | 'timeout-after-accept' | 'slow-after-accept' | 'slow'>;

/** What the vendor says instead of doing anything. */
function refusalOf(mode: Refusal, nth: number, errorBody: VendorSimulator['errorBody']): VendorAnswer {
  switch (mode) {
    case 'error-5xx':
      return { status: 500, body: errorBody(500, 'internal error') };
    case 'rate-limited': {
      const headers: Record<string, string> = nth % 2 === 0 ? { 'retry-after': '1' } : {};
      return { status: 429, headers, body: errorBody(429, 'too many requests') };
    }
    case 'refuse':
      return { status: 400, body: errorBody(400, 'refused') };
    case 'success-false':
      return { status: 200, body: { success: false, error: 'refused on request' } };
    case 'empty-contact':
      return { status: 200, body: nobody };
  }
}

function sendLater(reply: FastifyReply, answer: VendorAnswer, afterMs = slowMs): FastifyReply {
  setTimeout(() => void send(reply, answer), afterMs).unref();
  return reply;
}

/** Says nothing until the caller gives up or the time is over, then cuts the line. */
function hangUp(reply: FastifyReply, afterMs: number): FastifyReply {
  const hijacked = reply.hijack();
  const socket = reply.raw.socket;
  const timer = setTimeout(() => socket?.destroy(), afterMs).unref();
  socket?.once('close', () => clearTimeout(timer));
  return hijacked;
}

function send(reply: FastifyReply, { status, body, headers }: VendorAnswer): FastifyReply {
  reply.code(status);
  if (headers !== undefined) reply.headers(headers);
  if (typeof body === 'string') return reply.type('text/plain; charset=utf-8').send(body);
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}

function record(request: FastifyRequest, vendor: Vendor, path: string, calls: CallLog): RecordedCall {
  const { headers, method } = request;
  return calls.record({
    at: Date.now(),
    vendor,
    method,
    path,
    raw: rawBody(request),
    contentType: headers['content-type'],
    correlationId: first(headers['x-correlation-id']) ?? first(headers['x-request-id']),
    outcome: 'accepted',
  });
}

function vendorCall(request: FastifyRequest, receipts: VendorCall['receipts']): VendorCall {
  return {
    params: request.params as Record<string, string>,
    query: request.query as Record<string, string | undefined>,
    headers: request.headers,
    json: () => parseJson(rawBody(request)?.toString('utf8') ?? ''),
    form: () => {
      const isForm =
        request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
      return new URLSearchParams(isForm ? (rawBody(request)?.toString('utf8') ?? '') : '');
    },
    receipts,
  };
}

function rawBody(request: FastifyRequest): Buffer | undefined {
  return request.body instanceof Buffer && request.body.length > 0 ? request.body : undefined;
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
