import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { ApiKeysRepository, type UserRow, UsersRepository } from '@visapi/backend-repositories/access';
import { userNotFound } from '../users.errors.js';

/** A user, and how many keys that they gave out can be used: such keys go on when their maker is shut out. */
export type ToldUser = UserRow & { readonly liveKeys: number };

export class GetUser extends Query<ToldUser> {
  constructor(readonly id: string) {
    super();
  }
}

@QueryHandler(GetUser)
export class GetUserHandler implements IQueryHandler<GetUser> {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly keys: ApiKeysRepository,
  ) {}

  async execute({ id }: GetUser): Promise<ToldUser> {
    const { db } = this.database;
    const user = await this.users.findById(db, id);
    if (!user) throw userNotFound();
    return { ...user, liveKeys: await this.keys.countLive(db, `user:${id}`) };
  }
}
