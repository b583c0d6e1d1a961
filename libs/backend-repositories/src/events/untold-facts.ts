import { type RawBuilder, sql } from 'kysely';

/** The facts by which a handler follows one kind of aggregate. */
export interface FollowedFacts {
  readonly handler: string;
  readonly aggregateType: string;
  readonly types: readonly string[];
}

/**
 * A subquery of the ids of those aggregates that a handler may not know as they are: a fact has not left the outbox, waits
 * for the handler, was given up or discarded. Facts leave the outbox in the transaction in which handlers write what they make of
 * them, so within one snapshot whatever is not named here is known as it is.
 */
export function untoldAggregates({ handler, aggregateType, types }: FollowedFacts): RawBuilder<unknown> {
  return sql`
    select e.aggregate_id from outbox o join events e on e.position = any(array[o.position])
    where e.aggregate_type = ${aggregateType} and e.type = any(${[...types]}::text[])
    union
    select aggregate_id from handler_backlog
    where handler = ${handler} and aggregate_type = ${aggregateType} and state in ('waiting', 'dead')
    union
    select aggregate_id from handler_backlog
    where handler = ${handler} and aggregate_type = ${aggregateType} and state = 'discarded'`;
}
