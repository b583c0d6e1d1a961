import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database, type Page, type PageResult } from '@visapi/backend-repositories';
import { type UserFilter, type UserRow, UsersRepository } from '@visapi/backend-repositories/access';

/** Users, those first who came last. */
export class GetUsers extends Query<PageResult<UserRow>> {
  constructor(
    readonly filter: UserFilter,
    readonly page: Page,
  ) {
    super();
  }
}

@QueryHandler(GetUsers)
export class GetUsersHandler implements IQueryHandler<GetUsers> {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
  ) {}

  async execute({ filter, page }: GetUsers): Promise<PageResult<UserRow>> {
    return await this.users.list(this.database.db, filter, page);
  }
}
