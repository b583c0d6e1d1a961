import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { BaseRepository } from '../db/base.repository.js';
import type { Executor } from '../db/database.js';
import { type Page, type PageResult, paginate } from '../db/paginate.js';

export interface RoleRow {
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly string[];
  readonly builtIn: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A role with how many hold it. */
export interface ListedRole extends RoleRow {
  readonly position: number;
  readonly users: number;
}

export type RoleContent = Pick<RoleRow, 'description' | 'permissions'>;

const columns = ['name', 'description', 'permissions', 'builtIn', 'createdAt', 'updatedAt'] as const;

@Injectable()
export class RolesRepository extends BaseRepository<'roles', (typeof columns)[number]> {
  constructor() {
    super('roles', 'name', columns);
  }

  /** Roles, the newest first; those that came with the system are the last. */
  async list(executor: Executor, page: Page): Promise<PageResult<ListedRole>> {
    return await paginate(executor, listed(executor), 'position', (row) => String(row.position), page);
  }

  async find(executor: Executor, name: string): Promise<ListedRole | undefined> {
    return await listed(executor).where('name', '=', name).executeTakeFirst();
  }

  /** The role, which nobody changes or deletes until the transaction ends. */
  async hold(executor: Executor, name: string): Promise<RoleRow | undefined> {
    const query = executor.selectFrom('roles').select(columns).where('name', '=', name);
    return await query.forShare().executeTakeFirst();
  }

  /** The role, which nobody changes, deletes or gives to somebody until the transaction ends. */
  async lock(executor: Executor, name: string): Promise<RoleRow | undefined> {
    const query = executor.selectFrom('roles').select(columns).where('name', '=', name);
    return await query.forUpdate().executeTakeFirst();
  }

  /** The caller holds its lock. */
  async change(executor: Executor, name: string, { description, permissions }: RoleContent): Promise<void> {
    const { numUpdatedRows } = await executor
      .updateTable('roles')
      .set({ description, permissions: [...permissions], updatedAt: sql<Date>`clock_timestamp()` })
      .where('name', '=', name)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows !== 1n) throw new Error('A role that was locked is gone');
  }
}

function listed(executor: Executor) {
  const holders = sql<number>`(select count(*) from users u where u.role = roles.name)`;
  return executor.selectFrom('roles').select([...columns, 'position', holders.as('users')]);
}
