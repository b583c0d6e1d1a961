import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { type UserRow, UsersRepository } from '@visapi/backend-repositories/access';
import { userNotFound } from '../users.errors.js';

export class GetUser extends Query<UserRow> {
  constructor(readonly id: string) {
    super();
  }
}

@QueryHandler(GetUser)
export class GetUserHandler implements IQueryHandler<GetUser> {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
  ) {}

  async execute({ id }: GetUser): Promise<UserRow> {
    const user = await this.users.findById(this.database.db, id);
    if (!user) throw userNotFound();
    return user;
  }
}
