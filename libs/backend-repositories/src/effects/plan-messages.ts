import { newId, type AskedBy } from '@visapi/backend-kernel';
import { type Insertable, sql } from 'kysely';
import type { Executor } from '../db/database.js';
import type { Messages } from '../db/schema.gen.js';
import { appendEvent, type NewEvent } from '../events/index.js';
import { personOf } from '../privacy/person.js';
import { sealWords } from '../privacy/seal-words.js';
import { vaultOf } from '../privacy/vault.js';
import type { NewEffect } from './effects.repository.js';

/** A message that is owed, or withheld for a stated reason, with its words. */
export interface NewMessage {
  readonly effect: NewEffect;
  readonly message: Omit<Insertable<Messages>, 'effectId' | 'orderId'>;
}

/** What is told of an order beside the messages: its version is given here, in order. */
export type OrderFact = Pick<NewEvent, 'type' | 'payload'>;

interface Told extends AskedBy {
  /** Milliseconds between the sends of these messages. */
  readonly pauseMs: number;
  readonly facts?: readonly OrderFact[];
}

/**
 * Plans messages of one order besides its first confirmation. One whose semantic key is known already is left alone, so
 * planning may be repeated.
 * @returns ids of the messages that were new, with their states
 */
export async function planMessages(
  executor: Executor,
  orderId: string,
  messages: readonly NewMessage[],
  told: Told,
): Promise<{ id: string; state: string }[]> {
  const planned = messages.length === 0 ? [] : await insertEffects(executor, messages, told.pauseMs);
  const isNew = new Set(planned.map(({ id }) => id));
  const worded = messages.filter(({ effect }) => isNew.has(effect.id));
  if (worded.length > 0) await insertWords(executor, orderId, worded);
  const purpose = messages[0]?.effect.purpose ?? 'confirmation';
  const owed = planned.filter(({ state }) => state === 'planned').map(({ id }) => id);
  const waits = messages.some(({ effect }) => owed.includes(effect.id) && effect.awaitsContact !== false);
  const contactEffectId = waits ? await oweLostContact(executor, orderId, told.correlationId) : undefined;
  const wake = {
    type: 'message.planned',
    payload: {
      purpose,
      messageEffectIds: owed,
      pauseMs: told.pauseMs,
      ...(contactEffectId !== undefined && { contactEffectId }),
    },
  };
  await tellOfOrder(executor, orderId, [...(told.facts ?? []), ...(owed.length > 0 ? [wake] : [])], told);
  return planned;
}

async function insertWords(
  executor: Executor,
  orderId: string,
  worded: readonly NewMessage[],
): Promise<void> {
  const order = await executor
    .selectFrom('orders')
    .select(['orderId', 'clientPhone', 'clientEmail'])
    .where('orderId', '=', orderId)
    .executeTakeFirstOrThrow();
  const key = await vaultOf(executor).keyOf(executor, personOf(order));
  const rows = worded.map(({ effect, message }) => ({ ...message, effectId: effect.id, orderId }));
  await executor
    .insertInto('messages')
    .values(rows.map((row) => sealWords(key, row)))
    .execute();
}

/** Appends facts to an order's history. @throws when there is no such order */
export async function tellOfOrder(
  executor: Executor,
  orderId: string,
  facts: readonly OrderFact[],
  by: AskedBy,
): Promise<void> {
  if (facts.length === 0) return;
  const { eventVersion } = await executor
    .updateTable('orders')
    .set({ eventVersion: sql`event_version + ${facts.length}`, updatedAt: sql<Date>`now()` })
    .where('orderId', '=', orderId)
    .returning('eventVersion')
    .executeTakeFirstOrThrow();
  const { actor, correlationId, ip = null } = by;
  const first = eventVersion - facts.length + 1;
  const events = facts.map((fact, index) =>
    appendEvent({
      ...fact,
      aggregateType: 'order',
      aggregateId: orderId,
      aggregateVersion: first + index,
      actor,
      correlationId,
      ip,
    }),
  );
  await executor.insertInto('events').values(events).execute();
}

/**
 * A message would wait for ever for a contact that was given up or withheld: such a contact is owed anew. Nothing is
 * owed of an order whose customer does not belong into the CRM.
 */
async function oweLostContact(
  executor: Executor,
  orderId: string,
  correlationId: string,
): Promise<string | undefined> {
  const id = newId();
  const result = await sql<{ id: string }>`
    insert into effects (id, kind, purpose, semantic_key, order_id, lane, state, correlation_id)
    select ${id}::uuid, 'contact', 'contact', 'contact:' || o.order_id || ':' || o.content_version || ':again:' || ${id}::text, o.order_id, o.client_phone, 'planned', ${correlationId}
    from orders o where o.order_id = ${orderId} and o.branch = 'il' and o.client_phone is not null
      and (select c.accepted_at is null and c.state in ('failed', 'skipped') from effects c
        where c.order_id = o.order_id and c.kind = 'contact' order by c.planned_at desc limit 1)
    returning id`.execute(executor);
  return result.rows[0]?.id;
}

async function insertEffects(
  executor: Executor,
  messages: readonly NewMessage[],
  pauseMs: number,
): Promise<{ id: string; state: string }[]> {
  const rows = messages.map(({ effect }, index) => ({
    ...effect,
    dueAt: sql<Date>`clock_timestamp() + make_interval(secs => ${(index * pauseMs) / 1000})`,
    skippedAt: effect.state === 'skipped' ? sql<Date>`clock_timestamp()` : null,
  }));
  return await executor
    .insertInto('effects')
    .values(rows)
    .onConflict((conflict) => conflict.constraint('effects_semantic_key_key').doNothing())
    .returning(['id', 'state'])
    .execute();
}
