import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { acceptedBreaks } from './accepted-breaks.ts';
import { type ApiDescription, breakingChanges } from './breaking-changes.ts';

const read = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', name), 'utf8')) as Draft;

/** A description that a test may change. */
interface Draft {
  paths: Record<string, Record<string, DraftOperation>>;
  components: { schemas: Record<string, DraftSchema> };
}
interface DraftSchema {
  properties: Record<string, Record<string, unknown>>;
  required: string[];
}
interface DraftOperation {
  operationId: string;
  parameters: { name?: string; in?: string; required?: boolean; schema?: Record<string, unknown> }[];
  requestBody: { required: boolean; content: { 'application/json': { schema: DraftSchema } } };
  responses: Record<string, { content: Record<string, object> }>;
  security: Record<string, string[]>[];
}

const released = read('openapi.released.json');

const changesTo = (draft: Draft): string[] =>
  breakingChanges(released as unknown as ApiDescription, draft as unknown as ApiDescription);

/** What is said of a change that somebody makes to the released description. */
function saidOf(change: (draft: Draft) => void): string[] {
  const draft = structuredClone(released);
  change(draft);
  return changesTo(draft);
}

const at = (draft: Draft, method: string, path: string) => draft.paths[`/api/v1${path}`]![method]!;
const bodyOf = (draft: Draft, method: string, path: string) =>
  at(draft, method, path).requestBody.content['application/json'].schema;
const parameterOf = (draft: Draft, path: string, name: string) =>
  at(draft, 'get', path).parameters.find((one) => one.name === name)!;

describe('the API as it is now', () => {
  it('breaks nobody who was written for the last release, but where that is accepted with a reason', () => {
    const accepted = acceptedBreaks.map(({ change }) => change);
    expect(changesTo(read('openapi.json'))).toEqual(expect.arrayContaining(accepted));
    expect(changesTo(read('openapi.json')).filter((one) => !accepted.includes(one))).toEqual([]);
    for (const { because } of acceptedBreaks) expect(because).toMatch(/\w+ \w+ \w+/);
  });
});

describe('a change that breaks callers is named', () => {
  it.each<[string, (draft: Draft) => void, string]>([
    ['a path that is gone', (d) => delete d.paths['/api/v1/queues'], 'GET /api/v1/queues is gone'],
    [
      'a method that is gone',
      (d) => delete d.paths['/api/v1/orders/{orderId}']!['patch'],
      'PATCH /api/v1/orders/{orderId} is gone',
    ],
    [
      'another name in clients',
      (d) => (at(d, 'get', '/orders').operationId = 'findOrders'),
      'GET /api/v1/orders: listOrders is called findOrders now',
    ],
    [
      'a parameter that is gone',
      (d) => {
        const operation = at(d, 'get', '/orders');
        operation.parameters = operation.parameters.filter(({ name }) => name !== 'branch');
      },
      'GET /api/v1/orders: query parameter branch is not taken any more',
    ],
    [
      'a new parameter that is required',
      (d) =>
        at(d, 'get', '/orders').parameters.push({ name: 'shop', in: 'query', required: true, schema: {} }),
      'GET /api/v1/orders: query parameter shop is required now',
    ],
    [
      'a parameter that becomes required',
      (d) => (parameterOf(d, '/messages', 'orderId').required = true),
      'GET /api/v1/messages: query parameter orderId is required now',
    ],
    [
      'a value that a parameter may not have any more',
      (d) => {
        const { schema } = parameterOf(d, '/messages', 'status');
        schema!['enum'] = (schema!['enum'] as string[]).filter((value) => value !== 'read');
      },
      'GET /api/v1/messages: query parameter status may be "read", which is refused now',
    ],
    [
      'a bound that becomes narrower',
      (d) => (parameterOf(d, '/orders', 'perPage').schema!['maximum'] = 50),
      'GET /api/v1/orders: query parameter perPage has the bound maximum 50, beyond 200, which is refused now',
    ],
    [
      'another type of a field that is sent',
      (d) => (bodyOf(d, 'post', '/messages/{id}/settle').properties['reason'] = { type: 'integer' }),
      'POST /api/v1/messages/{id}/settle: body.reason may be string, not only integer, which is refused now',
    ],
    [
      'a field that has to be sent now',
      (d) => bodyOf(d, 'patch', '/orders/{orderId}').required.push('status'),
      'PATCH /api/v1/orders/{orderId}: body.status may be missing, which is refused now',
    ],
    [
      'a field that is not taken any more',
      (d) => delete bodyOf(d, 'patch', '/orders/{orderId}').properties['clientEmail'],
      'PATCH /api/v1/orders/{orderId}: body.clientEmail has no place, which is refused now',
    ],
    [
      'a body that is required now',
      (d) => (at(d, 'post', '/orders/{orderId}/sync').requestBody.required = true),
      'POST /api/v1/orders/{orderId}/sync: a body is required now',
    ],
    [
      'a field of answers that is gone',
      (d) => {
        const { Order } = d.components.schemas;
        delete Order!.properties['amount'];
        Order!.required = Order!.required.filter((name) => name !== 'amount');
      },
      'GET /api/v1/orders: answer.data[].amount is gone',
    ],
    [
      'a field of answers that may be missing',
      (d) => {
        const { Message } = d.components.schemas;
        Message!.required = Message!.required.filter((name) => name !== 'status');
      },
      'GET /api/v1/messages/{id}: answer.data.status may be missing now',
    ],
    [
      'another type of a field that is answered',
      (d) => (d.components.schemas['Message']!.properties['attempt'] = { type: 'string' }),
      'GET /api/v1/messages/{id}: answer.data.attempt may be string, not only number now',
    ],
    [
      'an answered field that may be null now',
      (d) => (d.components.schemas['Message']!.properties['template'] = { type: ['string', 'null'] }),
      'GET /api/v1/messages: answer.data[].template may be null, not only string now',
    ],
    [
      'an answered value that readers do not know',
      (d) => (d.components.schemas['Message']!.properties['status']!['enum'] as string[]).push('lost'),
      'GET /api/v1/messages/{id}: answer.data.status may be "lost" now',
    ],
    [
      'another status of success',
      (d) => {
        const { responses } = at(d, 'post', '/orders');
        responses['202'] = responses['201']!;
        delete responses['201'];
      },
      'POST /api/v1/orders: it does not answer 201 any more',
    ],
    [
      'another type of content',
      (d) => (at(d, 'get', '/orders').responses['200']!.content = { 'text/csv': {} }),
      'GET /api/v1/orders: it does not answer application/json any more',
    ],
    [
      'a scope that is demanded now',
      (d) => at(d, 'get', '/queues').security[0]!['apiKey']!.push('admin'),
      'GET /api/v1/queues: it demands the scope admin now',
    ],
    [
      'a route that is not public any more',
      (d) => (at(d, 'get', '/livez').security = [{ apiKey: [] }]),
      'GET /api/v1/livez: it is not public any more',
    ],
  ])('%s', (_what, change, sentence) => {
    expect(saidOf(change)).toContain(sentence);
  });
});

describe('what is only added breaks nobody', () => {
  it.each<[string, (draft: Draft) => void]>([
    ['nothing', () => undefined],
    ['a path', (d) => (d.paths['/api/v1/new'] = d.paths['/api/v1/queues']!)],
    [
      'a parameter that may be left out',
      (d) =>
        at(d, 'get', '/orders').parameters.push({ name: 'shop', in: 'query', schema: { type: 'string' } }),
    ],
    ['a field that may be sent', (d) => (bodyOf(d, 'patch', '/orders/{orderId}').properties['note'] = {})],
    [
      'a field of answers',
      (d) => {
        const { Order } = d.components.schemas;
        Order!.properties['note'] = { type: 'string' };
        Order!.required.push('note');
      },
    ],
    ['a code of failure', (d) => (at(d, 'get', '/orders').responses['418'] = { content: {} })],
    ['a wider bound', (d) => (parameterOf(d, '/orders', 'perPage').schema!['maximum'] = 500)],
  ])('%s', (_what, change) => {
    expect(saidOf(change)).toEqual([]);
  });
});
