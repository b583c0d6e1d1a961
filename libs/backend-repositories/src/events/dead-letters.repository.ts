import { Injectable } from '@nestjs/common';
import { newId } from '@visapi/backend-kernel';
import { type Selectable, sql } from 'kysely';
import { BaseRepository } from '../db/base.repository.js';
import type { Executor } from '../db/database.js';
import { type Page, type PageResult, paginate } from '../db/paginate.js';
import type { DeadLetters } from '../db/schema.gen.js';
import type { Failure } from './backlog.repository.js';

export interface NewDeadLetter {
  readonly kind: 'handler' | 'job';
  readonly name: string;
  readonly reference: string;
  readonly aggregateType: string | null;
  readonly aggregateId: string | null;
  readonly correlationId: string | null;
  readonly attempts: number;
  /** At least one. */
  readonly errors: readonly Failure[];
}

export interface DeadLetterFilter {
  readonly state?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly aggregateId?: string;
}

const columns = [
  'id',
  'kind',
  'name',
  'reference',
  'aggregateType',
  'aggregateId',
  'correlationId',
  'attempts',
  'errors',
  'firstFailedAt',
  'lastFailedAt',
  'state',
  'resolvedAt',
  'resolvedBy',
  'reason',
] as const;

export type DeadLetterRow = Pick<Selectable<DeadLetters>, (typeof columns)[number]>;

const filters = ['state', 'kind', 'name', 'aggregateId'] as const;

/** What was given up and waits for a person. */
@Injectable()
export class DeadLettersRepository extends BaseRepository<'deadLetters', (typeof columns)[number]> {
  constructor() {
    super('deadLetters', 'id', columns);
  }

  /** One of a thing is open at a time: what fails again while it is adds to it. */
  async open(executor: Executor, letter: NewDeadLetter): Promise<void> {
    const { errors, ...rest } = letter;
    const failedAt = { firstFailedAt: errors[0]?.at ?? '', lastFailedAt: errors.at(-1)?.at ?? '' };
    await executor
      .insertInto('deadLetters')
      .values({ ...rest, ...failedAt, id: newId(), errors: JSON.stringify(errors) })
      .onConflict((conflict) =>
        conflict
          .columns(['kind', 'name', 'reference'])
          .where('state', '=', sql.lit('open'))
          .doUpdateSet({
            attempts: (each) => each.ref('excluded.attempts'),
            errors: (each) => each.ref('excluded.errors'),
            lastFailedAt: (each) => each.ref('excluded.lastFailedAt'),
          }),
      )
      .execute();
  }

  /** Newest first. */
  async list(executor: Executor, filter: DeadLetterFilter, page: Page): Promise<PageResult<DeadLetterRow>> {
    let query = executor.selectFrom('deadLetters').select(columns);
    for (const field of filters) {
      const wanted = filter[field];
      if (wanted !== undefined) query = query.where(field, '=', wanted);
    }
    return await paginate(executor, query, 'id', ({ id }) => id, page);
  }

  /** Open ones, oldest first, so that the facts of an aggregate come back in order. */
  async openOnes(
    executor: Executor,
    filter: Pick<DeadLetterFilter, 'kind' | 'name'>,
    limit: number,
  ): Promise<DeadLetterRow[]> {
    const { kind, name } = filter;
    return await this.findMany(executor, {
      where: {
        state: 'open',
        ...(kind === undefined ? {} : { kind }),
        ...(name === undefined ? {} : { name }),
      },
      orderBy: [['id', 'asc']],
      limit,
    });
  }

  /** @returns whether it was open: then it is resolved */
  async resolve(
    executor: Executor,
    id: string,
    resolution: {
      readonly state: 'replayed' | 'discarded';
      readonly actor: string;
      readonly reason: string;
    },
  ): Promise<boolean> {
    const { state, actor, reason } = resolution;
    const result = await sql`update dead_letters set state = ${state}, resolved_at = clock_timestamp(),
      resolved_by = ${actor}, reason = ${reason} where id = ${id} and state = 'open' returning id`.execute(
      executor,
    );
    return result.rows.length === 1;
  }
}
