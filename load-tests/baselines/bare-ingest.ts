/**
 * Baseline of S1: bare Fastify and `pg`, a delivery, its event and its outbox row inserted by one statement per request,
 * written as its advocate would write it: prepared statement, warm pool, ids that follow each other in their indexes, no key
 * check, no validation, no shared statement, no trigger. Its tables (`bare-ingest.sql`) have our columns and our indexes; the body is a column, which is the cheapest
 * place for it.
 * Environment: PORT, DATABASE_URL, POOL_MAX.
 */
import { hash } from 'node:crypto';
import { newId } from '@visapi/backend-kernel';
import Fastify from 'fastify';
import pg from 'pg';

const INSERT = `
  with delivery as (
    insert into bare.deliveries
      (id, kind, source, order_id, outcome, state, body_hash, correlation_id, body, headers)
    values ($1, 'order', 'vizi', $2, 'accepted', 'open', $3, $4, $5, '{}')
  ), event as (
    insert into bare.events
      (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
    values ($6, 'delivery.received', 'delivery', $7, 1, 'source:vizi', $4, '{}')
    returning position
  )
  insert into bare.outbox select position from event`;

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.POOL_MAX) });
const app = Fastify({ bodyLimit: 10 * 1024 * 1024 });

app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
  done(null, body);
});

app.post('/orders', async (request) => {
  const body = request.body as Buffer;
  const { order } = JSON.parse(body.toString()) as { order: { id: string } };
  const deliveryId = newId();
  await pool.query({
    name: 'insert-delivery',
    text: INSERT,
    values: [deliveryId, order.id, hash('sha256', body, 'buffer'), newId(), body, newId(), deliveryId],
  });
  return { success: true, data: { orderId: order.id, deliveryId, status: 'accepted' } };
});

app.get('/ready', () => 'ok');

const stop = async (): Promise<void> => {
  await app.close();
  await pool.end();
};
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
