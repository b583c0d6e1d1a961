import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database, type Page, type PageResult } from '@visapi/backend-repositories';
import { type ListedRole, RolesRepository } from '@visapi/backend-repositories/access';

/** Roles, the newest first; those that came with the system are the last. */
export class GetRoles extends Query<PageResult<ListedRole>> {
  constructor(readonly page: Page) {
    super();
  }
}

@QueryHandler(GetRoles)
export class GetRolesHandler implements IQueryHandler<GetRoles> {
  constructor(
    private readonly database: Database,
    private readonly roles: RolesRepository,
  ) {}

  async execute({ page }: GetRoles): Promise<PageResult<ListedRole>> {
    return await this.roles.list(this.database.db, page);
  }
}
