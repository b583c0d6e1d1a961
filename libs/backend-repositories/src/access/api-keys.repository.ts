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
}
