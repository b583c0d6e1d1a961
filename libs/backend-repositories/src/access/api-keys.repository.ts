import { Injectable } from '@nestjs/common';
import { newId } from '@visapi/backend-kernel';
import { type Selectable, sql, type Updateable } from 'kysely';
import { BaseRepository } from '../db/base.repository.js';
import type { Executor } from '../db/database.js';
import { type Page, type PageResult, paginate } from '../db/paginate.js';
import type { ApiKeys } from '../db/schema.gen.js';

/** What decides whose a presented key is, and what it may do from where. */
const checked = [
  'id',
  'name',
  'prefix',
  'hashedSecret',
  'previousHashedSecret',
  'previousExpiresAt',
  'scopes',
  'allowedNetworks',
  'expiresAt',
  'revokedAt',
] as const;

/** What is told of a key: everything but its hashes. */
const told = [
  'id',
  'name',
  'prefix',
  'scopes',
  'allowedNetworks',
  'createdAt',
  'createdBy',
  'expiresAt',
  'previousExpiresAt',
  'revokedAt',
  'lastUsedAt',
  'useCount',
] as const;

export type ApiKeyRow = Pick<Selectable<ApiKeys>, (typeof checked)[number]>;
export type ToldApiKey = Pick<Selectable<ApiKeys>, (typeof told)[number]>;

export type ApiKeyState = 'live' | 'expired' | 'revoked';

/** A key that is given out. Networks are addresses or CIDR, host bits do not matter. */
export interface NewApiKey {
  readonly name: string;
  readonly prefix: string;
  readonly hashedSecret: Buffer;
  readonly scopes: readonly string[];
  readonly allowedNetworks: readonly string[];
  readonly expiresAt: Date | null;
  readonly createdBy: string;
}

export type ApiKeyChanges = Omit<Updateable<ApiKeys>, 'allowedNetworks'> & {
  readonly allowedNetworks?: readonly string[];
};

/** A key after a change, and the version of the fact that tells of it. */
export interface WrittenApiKey {
  readonly key: ToldApiKey;
  readonly version: number;
}

export interface ApiKeyFilter {
  readonly state?: ApiKeyState | undefined;
  /** As in events; keys that keys of his gave out are his, too. */
  readonly createdBy?: string | undefined;
  readonly now: Date;
}

/** What one process saw of a key since it last told. */
export interface KeyUse {
  readonly id: string;
  readonly count: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

@Injectable()
export class ApiKeysRepository extends BaseRepository<'apiKeys', (typeof checked)[number]> {
  constructor() {
    super('apiKeys', 'id', checked);
  }

  async findByPrefix(executor: Executor, prefix: string): Promise<ApiKeyRow | undefined> {
    return await this.findOne(executor, { prefix });
  }

  /** Which of these prefixes belong to a key, whatever its state. */
  async knownOf(executor: Executor, prefixes: readonly string[]): Promise<string[]> {
    const found = await executor
      .selectFrom('apiKeys')
      .select('prefix')
      .where('prefix', '=', sql<string>`any(${[...prefixes]}::text[])`)
      .execute();
    return found.map(({ prefix }) => prefix);
  }

  /** Keys that are not revoked, the newest first. */
  async list(executor: Executor, limit: number): Promise<ApiKeyRow[]> {
    return await this.findMany(executor, { where: { revokedAt: null }, orderBy: [['id', 'desc']], limit });
  }

  /** A text that changes whenever anything changes that decides who a key belongs to and what it may do. */
  async fingerprint(executor: Executor): Promise<string> {
    const result = await sql<{ fingerprint: string }>`
      select md5(coalesce(string_agg(row(prefix, hashed_secret, previous_hashed_secret, previous_expires_at, scopes,
        allowed_networks, expires_at, revoked_at)::text, ',' order by prefix), '')) as fingerprint from api_keys`.execute(
      executor,
    );
    return result.rows[0]?.fingerprint ?? '';
  }

  /** Newest first; those of one state or of one maker, or all. */
  async page(
    executor: Executor,
    { state, createdBy, now }: ApiKeyFilter,
    page: Page,
  ): Promise<PageResult<ToldApiKey>> {
    let query = executor.selectFrom('apiKeys').select(told);
    if (createdBy !== undefined) query = query.where('id', 'in', madeBy(createdBy));
    if (state === 'revoked') query = query.where('revokedAt', 'is not', null);
    else if (state !== undefined) query = query.where('revokedAt', 'is', null);
    if (state === 'expired') query = query.where('expiresAt', '<=', now);
    if (state === 'live')
      query = query.where((each) => each.or([each('expiresAt', 'is', null), each('expiresAt', '>', now)]));
    return await paginate(executor, query, 'id', ({ id }) => id, page);
  }

  /** How many keys of this maker can be used now. */
  async countLive(executor: Executor, createdBy: string): Promise<number> {
    const result = await sql<{ total: number }>`
      select count(*) as total from api_keys where id in ${madeBy(createdBy)}
        and revoked_at is null and (expires_at is null or expires_at > clock_timestamp())`.execute(executor);
    return result.rows[0]?.total ?? 0;
  }

  async tell(executor: Executor, id: string): Promise<ToldApiKey | undefined> {
    return await executor.selectFrom('apiKeys').select(told).where('id', '=', id).executeTakeFirst();
  }

  /** Who stands at the beginning: keys that keys gave out go back to whoever gave out the first. */
  async makerOf(executor: Executor, id: string): Promise<string | undefined> {
    const result = await sql<{ createdBy: string }>`
      with recursive line as (
        select id, created_by, 1 as step from api_keys where id = ${id}
        union all
        select k.id, k.created_by, line.step + 1 from line join api_keys k on line.created_by = 'key:' || k.id
      )
      select created_by from line order by step desc limit 1`.execute(executor);
    return result.rows[0]?.createdBy;
  }

  /** The key as nobody else changes it until the transaction ends. */
  async lock(executor: Executor, id: string): Promise<ApiKeyRow | undefined> {
    const query = executor.selectFrom('apiKeys').select(checked).where('id', '=', id);
    return await query.forUpdate().executeTakeFirst();
  }

  async add(executor: Executor, { allowedNetworks, ...key }: NewApiKey): Promise<WrittenApiKey> {
    const { eventVersion: version, ...added } = await executor
      .insertInto('apiKeys')
      .values({
        ...key,
        id: newId(),
        scopes: [...key.scopes],
        allowedNetworks: networksOf(allowedNetworks),
        eventVersion: 1,
      })
      .returning([...told, 'eventVersion'])
      .executeTakeFirstOrThrow();
    return { key: added, version };
  }

  /** @throws when there is no such key */
  async change(
    executor: Executor,
    id: string,
    { allowedNetworks, ...changes }: ApiKeyChanges,
  ): Promise<WrittenApiKey> {
    const { eventVersion: version, ...changed } = await executor
      .updateTable('apiKeys')
      .set({
        ...changes,
        ...(allowedNetworks ? { allowedNetworks: networksOf(allowedNetworks) } : {}),
        updatedAt: sql`now()`,
        eventVersion: (each) => each('eventVersion', '+', 1),
      })
      .where('id', '=', id)
      .returning([...told, 'eventVersion'])
      .executeTakeFirstOrThrow();
    return { key: changed, version };
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
      .onConflict((conflict) =>
        conflict
          .column('prefix')
          .doUpdateSet({ ...values, previousHashedSecret: null, previousExpiresAt: null }),
      )
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

/** Keys that somebody gave out, and those that such keys gave out. */
function madeBy(maker: string) {
  return sql<string>`(
    with recursive made as (
      select id from api_keys where created_by = ${maker}
      union
      select k.id from made join api_keys k on k.created_by = 'key:' || made.id
    )
    select id from made)`;
}

/** As networks: an address alone is one of its own, and bits behind its size are taken off. */
function networksOf(given: readonly string[]) {
  return sql<
    string[]
  >`array(select network(text::inet) from unnest(${[...given]}::text[]) with ordinality as given (text, n) order by n)`;
}
