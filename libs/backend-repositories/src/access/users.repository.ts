import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { BaseRepository } from '../db/base.repository.js';
import type { Executor } from '../db/database.js';
import { type Page, type PageResult, paginate } from '../db/paginate.js';

export interface UserRow {
  readonly id: string;
  readonly position: number;
  readonly email: string;
  readonly role: string;
  readonly disabledAt: Date | null;
  readonly createdAt: Date;
  readonly lastSignInAt: Date | null;
}

/** What decides of a user's requests. */
export interface UserAccess {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly permissions: readonly string[];
  readonly disabledAt: Date | null;
}

export interface UserFilter {
  readonly role?: string;
  readonly email?: string;
  readonly disabled?: boolean;
}

const columns = ['id', 'position', 'email', 'role', 'disabledAt', 'createdAt', 'lastSignInAt'] as const;

/** Who may do everything, and can: they can always mend what others may do. */
const administers = sql<boolean>`disabled_at is null and email_lost_at is null
  and role in (select name from roles where 'admin' = any(permissions))`;

@Injectable()
export class UsersRepository extends BaseRepository<'users', (typeof columns)[number]> {
  constructor() {
    super('users', 'id', columns);
  }

  /** The user with what the role grants. */
  async findAccess(executor: Executor, id: string): Promise<UserAccess | undefined> {
    return await executor
      .selectFrom('users')
      .innerJoin('roles', 'roles.name', 'users.role')
      .select(['users.id', 'users.email', 'users.role', 'roles.permissions', 'users.disabledAt'])
      .where('users.id', '=', id)
      .executeTakeFirst();
  }

  /** A text that changes whenever anything changes that decides what users may do. */
  async fingerprint(executor: Executor): Promise<string> {
    const result = await sql<{ fingerprint: string }>`
      select md5(
        (select coalesce(string_agg(row(id, email, role, disabled_at)::text, ',' order by id), '') from users) || '/' ||
        (select coalesce(string_agg(row(name, permissions)::text, ',' order by name), '') from roles)
      ) as fingerprint`.execute(executor);
    return result.rows[0]?.fingerprint ?? '';
  }

  /** Users, those first who came last. */
  async list(executor: Executor, filter: UserFilter, page: Page): Promise<PageResult<UserRow>> {
    let query = executor.selectFrom('users').select(columns);
    if (filter.role !== undefined) query = query.where('role', '=', filter.role);
    // Who has it now: who had it before may be anybody.
    if (filter.email !== undefined)
      query = query.where('email', '=', sql<string>`lower(${filter.email})`).where('emailLostAt', 'is', null);
    if (filter.disabled !== undefined)
      query = query.where('disabledAt', filter.disabled ? 'is not' : 'is', null);
    return await paginate(executor, query, 'position', (row) => String(row.position), page);
  }

  async lock(executor: Executor, id: string): Promise<UserRow | undefined> {
    const query = executor.selectFrom('users').select(columns).where('id', '=', id);
    return await query.forUpdate().executeTakeFirst();
  }

  /** Everybody who may do everything: whoever takes that from one of them holds all, so that two cannot do it at once. */
  async lockAdministrators(executor: Executor): Promise<void> {
    await executor.selectFrom('users').select('id').where(administers).orderBy('id').forUpdate().execute();
  }

  async hasAdministrator(executor: Executor): Promise<boolean> {
    const query = executor.selectFrom('users').select('id').where(administers).limit(1);
    return (await query.execute()).length > 0;
  }

  /** The caller holds its lock. */
  async setDisabled(executor: Executor, id: string, disabled: boolean): Promise<void> {
    await sql`update users set disabled_at = case when ${disabled} then clock_timestamp() end where id = ${id}`.execute(
      executor,
    );
  }

  /** Makes the user; nothing when there is one of this id or address. */
  async register(
    executor: Executor,
    { id, email, role }: { readonly id: string; readonly email: string; readonly role: string },
  ): Promise<boolean> {
    const result = await sql`insert into users (id, email, role) values (${id}, lower(${email}), ${role})
      on conflict do nothing returning id`.execute(executor);
    return result.rows.length === 1;
  }

  /** What Auth says of the user. @returns whether the address is another one than before */
  async noteSignIn(executor: Executor, id: string, email: string): Promise<boolean> {
    const result = await sql<{ moved: boolean }>`
      with before as (select id, email, email_lost_at from users where id = ${id} for update)
      update users u set email = lower(${email}), email_lost_at = null, last_sign_in_at = clock_timestamp()
      from before where u.id = before.id
      returning before.email <> u.email or before.email_lost_at is not null as moved`.execute(executor);
    return result.rows[0]?.moved ?? false;
  }

  /** Auth gave the address to this user: whoever had it before has it no more. @returns who that was */
  async takeAddress(
    executor: Executor,
    id: string,
    email: string,
  ): Promise<{ readonly id: string; readonly disabled: boolean }[]> {
    const result = await sql<{ id: string; disabled: boolean }>`
      update users set email_lost_at = clock_timestamp()
      where email = lower(${email}) and email_lost_at is null and id <> ${id}
      returning id, disabled_at is not null as disabled`.execute(executor);
    return result.rows;
  }
}
