import { Injectable } from '@nestjs/common';
import { newId } from '@visapi/backend-kernel';
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

@Injectable()
export class ApiKeysRepository {
  async findByPrefix(executor: Executor, prefix: string): Promise<ApiKeyRow | undefined> {
    return await executor
      .selectFrom('apiKeys')
      .select(['id', 'name', 'prefix', 'hashedSecret', 'scopes', 'expiresAt', 'revokedAt'])
      .where('prefix', '=', prefix)
      .executeTakeFirst();
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
