import { sql } from 'kysely';

/**
 * What tells that an order has come goes out of date, and so do issues: after a day they may be mended, or reported again
 * and told by another message. What an operator had sent again never does. Of effect `e`; a
 * scalar subquery is never planned as a join.
 * @param staleAfterSeconds age of the order's first delivery from which its confirmation is not sent by itself
 */
export const isYoung = (staleAfterSeconds: number) => sql<boolean>`(case e.purpose
  when 'confirmation' then e.resend_of is not null
    or (select o.first_received_at from orders o where o.order_id = e.order_id) > clock_timestamp() - make_interval(secs => ${staleAfterSeconds})
  when 'issues' then e.planned_at > clock_timestamp() - interval '24 hours'
  else true end)`;
