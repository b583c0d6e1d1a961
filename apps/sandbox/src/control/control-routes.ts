import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AirtableBase } from '../airtable/records.js';
import { addStaffOrder, staffOrder } from '../airtable/staff.js';
import { type ContactStore, showContact } from '../cbb/contact-store.js';
import type { FaultBook } from '../faults/fault-book.js';
import { faultSchema } from '../faults/fault.js';
import type { ReceiptCourier } from '../meta/receipt-courier.js';
import { type CallFilter, type CallLog, showCall } from '../recording/call-log.js';
import type { SendCounts } from '../recording/send-counts.js';
import type { OrderPoster } from '../vizi/order-poster.js';
import { callsQuery, resetBody, sendsQuery, stateQuery, viziBody } from './schemas.js';

const callsPerChunk = 200;

export interface Controlled {
  readonly calls: CallLog;
  readonly sends: SendCounts;
  readonly faults: FaultBook;
  readonly contacts: ContactStore;
  readonly base: AirtableBase;
  readonly courier: ReceiptCourier | undefined;
  readonly poster: OrderPoster | undefined;
  readonly forgiveAirtable: () => void;
}

/** What tests, chaos and the benchmark ask of the sandbox itself. */
export function mountControl(app: FastifyInstance, sandbox: Controlled): void {
  app.get('/healthz', () => ({ status: 'ok' }));
  mountRecords(app, sandbox);
  app.get('/_control/faults', () => sandbox.faults.list());
  app.post('/_control/faults', (request) => {
    const fault = readBody(faultSchema, request.body);
    sandbox.faults.add(fault);
    return fault;
  });
  app.delete('/_control/faults', () => {
    sandbox.faults.clear();
    return [];
  });
  app.post('/_control/reset', (request) => {
    const { seed, contacts, airtable } = readBody(resetBody, request.body);
    sandbox.calls.clear();
    sandbox.sends.clear();
    sandbox.faults.reset(seed);
    sandbox.forgiveAirtable();
    if (contacts) sandbox.contacts.clear();
    if (airtable) sandbox.base.clear();
    return { reset: true };
  });
  app.post('/_control/airtable/orders', (request) =>
    addStaffOrder(sandbox.base, readBody(staffOrder, request.body)),
  );
  app.post('/_control/vizi', (request, reply) => {
    const wanted = readBody(viziBody, request.body);
    if (sandbox.poster === undefined) {
      return reply
        .code(409)
        .send({ error: 'VIZI_API_KEY is not set: the sandbox has no key to post orders with' });
    }
    return sandbox.poster.post(wanted);
  });
}

function mountRecords(app: FastifyInstance, { calls, sends, contacts, courier }: Controlled): void {
  app.get('/_control/calls', (request, reply) => {
    const filter = callsQuery.parse(request.query);
    // The index to ask `since` next time.
    reply.header('x-next-index', calls.next);
    return reply.type('application/json; charset=utf-8').send(Readable.from(jsonArray(calls, filter)));
  });
  app.get('/_control/sends', (request) => {
    const { phone } = sendsQuery.parse(request.query);
    return phone === undefined ? sends.show() : { phone, total: sends.of(phone) };
  });
  app.get('/_control/state', (request) => {
    const { vendor } = stateQuery.parse(request.query);
    return vendor === 'cbb' ? contacts.all().map(showContact) : { receipts: courier?.counts ?? null };
  });
}

/** In pieces: two hundred thousand calls are more than one string should hold. */
function* jsonArray(calls: CallLog, filter: CallFilter): Generator<string> {
  let separator = '[';
  let piece: string[] = [];
  for (const call of calls.select(filter)) {
    piece.push(JSON.stringify(showCall(call)));
    if (piece.length < callsPerChunk) continue;
    yield separator + piece.join(',');
    separator = ',';
    piece = [];
  }
  if (piece.length > 0) {
    yield separator + piece.join(',');
    separator = ',';
  }
  yield separator === '[' ? '[]' : ']';
}

function readBody<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const text = body instanceof Buffer && body.length > 0 ? body.toString('utf8') : '{}';
  return schema.parse(JSON.parse(text));
}
