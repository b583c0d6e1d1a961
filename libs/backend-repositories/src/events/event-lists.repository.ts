import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { type Page, type PageResult, paginate } from '../db/paginate.js';

/** An event as lists show it. */
export interface ListedEvent {
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly aggregateVersion: number;
  readonly actor: string;
  readonly correlationId: string;
  readonly ip: string | null;
  readonly payload: unknown;
  readonly occurredAt: Date;
  readonly dispatchedAt: Date | null;
}

export interface EventFilter {
  readonly type?: string;
  readonly aggregateType?: string;
  readonly aggregateId?: string;
  readonly actor?: string;
  readonly correlationId?: string;
  readonly from?: Date;
  readonly to?: Date;
}

const shown = [
  'position',
  'id',
  'type',
  'aggregateType',
  'aggregateId',
  'aggregateVersion',
  'actor',
  'correlationId',
  'ip',
  'payload',
  'occurredAt',
  'dispatchedAt',
] as const;

const equals = ['type', 'aggregateType', 'aggregateId', 'actor', 'correlationId'] as const;

@Injectable()
export class EventListsRepository {
  /** Events, newest first. A type that ends in `.*` stands for all of its family. */
  async list(executor: Executor, filter: EventFilter, page: Page): Promise<PageResult<ListedEvent>> {
    let query = executor.selectFrom('events').select(shown);
    for (const field of equals) {
      const wanted = filter[field];
      if (wanted === undefined) continue;
      const family = field === 'type' && wanted.endsWith('.*') ? wanted.slice(0, -1) : undefined;
      query =
        family === undefined
          ? query.where(field, '=', wanted)
          : query.where(sql<boolean>`starts_with(type, ${family})`);
    }
    if (filter.from !== undefined) query = query.where('occurredAt', '>=', filter.from);
    if (filter.to !== undefined) query = query.where('occurredAt', '<', filter.to);
    return await paginate(executor, query, 'position', (row) => String(row.position), page);
  }
}
