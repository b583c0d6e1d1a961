import { Injectable } from '@nestjs/common';
import { newId } from '@visapi/backend-kernel';
import { sql } from 'kysely';
import { BaseRepository } from '../db/base.repository.js';
import type { Executor } from '../db/database.js';

export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly hashedSecret: Buffer;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** What one process saw of a key since it last told. */
export interface KeyUse {
  readonly id: string;
  readonly count: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

const columns = ['id', 'name', 'prefix', 'hashedSecret', 'scopes', 'expiresAt', 'revokedAt'] as const;

@Injectable()
export class ApiKeysRepository extends BaseRepository<'apiKeys', (typeof columns)[number]> {
  constructor() {
    super('apiKeys', 'id', columns);
  }

  async findByPrefix(executor: Executor, prefix: string): Promise<ApiKeyRow | undefined> {
    return await this.findOne(executor, { prefix });
  }

  /** Keys that are not revoked, the newest first. */
  async list(executor: Executor, limit: number): Promise<ApiKeyRow[]> {
    return await this.findMany(executor, { where: { revokedAt: null }, orderBy: [['id', 'desc']], limit });
  }

  /** A text that changes whenever anything changes that decides who a key belongs to and what it may do. */
  async fingerprint(executor: Executor): Promise<string> {
    const result = await sql<{ fingerprint: string }>`
      select md5(coalesce(string_agg(row(prefix, hashed_secret, scopes, expires_at, revoked_at)::text, ',' order by prefix),
        '')) as fingerprint from api_keys`.execute(executor);
    return result.rows[0]?.fingerprint ?? '';
  }

  /** Creates the key, or gives an existing prefix this secret and these scopes. */
  async upsert(
    executor: Executor,
    key: { name: string; prefix: string; hashedSecret: Buffer; scopes: readonly string[] },
  ): Promise<void> {
    const values = { name: key.name, hashedSecret: key.hashedSecret, scopes: [...key.scopes] };
    await executor
      .insertInto('apiKeys')
      .values({ id: newId(), prefix: key.prefix, ...values })
      .onConflict((conflict) => conflict.column('prefix').doUpdateSet(values))
      .execute();
  }

  /**
   * Adds uses to their keys, and a fact of each to the history, in one statement: any number of processes may tell of the
   * same keys, which they lock in one order. Keys that are gone are passed over.
   */
  async recordUses(executor: Executor, uses: readonly KeyUse[], correlationId: string): Promise<void> {
    if (uses.length === 0) return;
    await sql`
      with told as (
        select * from unnest(${uses.map(({ id }) => id)}::uuid[], ${uses.map(() => newId())}::uuid[],
          ${uses.map(({ count }) => count)}::bigint[], ${uses.map(({ firstAt }) => firstAt)}::timestamptz[],
          ${uses.map(({ lastAt }) => lastAt)}::timestamptz[]) as use(id, event_id, count, first_at, last_at)
      ), locked as materialized (
        select k.id from api_keys k where k.id in (select id from told) order by k.id for update
      ), updated as (
        update api_keys k set last_used_at = greatest(k.last_used_at, told.last_at), use_count = k.use_count + told.count,
          event_version = k.event_version + 1
        from locked join told using (id) where k.id = locked.id
        returning k.id, k.event_version, told.event_id, told.count, told.first_at, told.last_at
      )
      insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
      select event_id, 'api-key.used', 'api-key', id::text, event_version, 'key:' || id, ${correlationId}::text,
        jsonb_build_object('count', count, 'firstUsedAt', first_at, 'lastUsedAt', last_at)
      from updated order by id`.execute(executor);
  }
}
