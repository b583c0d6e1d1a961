import { sql } from 'kysely';

/**
 * Whether the CRM has once held the newest content of order `e.order_id`: a customer is not told of an order before, for
 * a change may have brought another phone. Newest by the database's clock, which all workers share.
 */
const isNewestContactSynced = sql<boolean>`(select c.accepted_at from effects c
  where c.order_id = e.order_id and c.kind = 'contact' order by c.planned_at desc limit 1) is not null`;

/**
 * Whether a message may go out as far as its contact is concerned: the CRM holds the order's newest content, or the
 * message goes to a phone that an operator named.
 */
export const isContactReady = sql<boolean>`(not e.awaits_contact or ${isNewestContactSynced})`;
