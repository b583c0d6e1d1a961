import { newId } from '@visapi/backend-kernel';
import type { Claim, NewEffect } from '../effects/index.js';
import type { NewEvent } from '../events/index.js';
import type { Page } from '../db/paginate.js';
import { idOf, orderIdOf, phoneOf, unfinished } from './names.js';

/** Whom the catalogue asks about: numbers of orders that the grown database knows as what they are called here. */
export interface Samples {
  readonly orders: number;
  readonly done: number;
  readonly changed: number;
  readonly uncertain: number;
  /** Its contact waits to be written. */
  readonly planned: number;
  /** Its contact is written, its message waits to be sent. */
  readonly ready: number;
  readonly claimed: number;
  /** Its delivery is not interpreted yet. */
  readonly open: number;
  /** Times of the database's story. */
  readonly now: Date;
}

export function samplesOf(orders: number, now: Date): Samples {
  return {
    orders,
    done: 1234,
    changed: 1231,
    uncertain: 1008,
    planned: orders - 31,
    ready: orders - 32,
    claimed: orders - unfinished.planned - 6,
    open: orders - 4,
    now,
  };
}

const dayMs = 86_400_000;

export function daysAgo(days: number, { now }: Samples): Date {
  return new Date(now.getTime() - days * dayMs);
}

export const firstPage: Page = { kind: 'page', page: 1, perPage: 20 };

export function afterCursor(after: string | number | null): Page {
  return { kind: 'cursor', after: after === null ? null : String(after), perPage: 20 };
}

export function claimOf(kind: 'contact' | 'message', n: number): Claim {
  return { effectId: idOf(kind, n), attempt: 1 };
}

export function newEffect(kind: 'contact' | 'message', n: number): NewEffect {
  const id = newId();
  return {
    id,
    kind,
    purpose: kind === 'contact' ? 'contact' : 'issues',
    semanticKey: `${kind}:sample:${id}`,
    orderId: orderIdOf(n),
    lane: phoneOf(n),
    state: 'planned',
    reason: null,
    correlationId: 'sample',
    skippedAt: null,
  };
}

export function newMessage(n: number, effectId: string) {
  const parameters = Buffer.from('["דנה לדוגמה"]');
  return {
    effectId,
    orderId: orderIdOf(n),
    template: 'issues_found',
    language: 'he',
    phone: phoneOf(n),
    parameters,
  };
}

export function newEvent(orderId: string, aggregateVersion: number): NewEvent {
  const about = {
    type: 'order.changed',
    aggregateType: 'order',
    aggregateId: orderId,
    aggregateVersion,
  } as const;
  return { ...about, actor: 'source:vizi', correlationId: 'sample', payload: { fields: ['amount'] } };
}

export const evidence = { httpStatus: 200, tookMs: 120 };
