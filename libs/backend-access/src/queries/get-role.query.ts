import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { type ListedRole, RolesRepository } from '@visapi/backend-repositories/access';
import { roleNotFound } from '../users.errors.js';

export class GetRole extends Query<ListedRole> {
  constructor(readonly name: string) {
    super();
  }
}

@QueryHandler(GetRole)
export class GetRoleHandler implements IQueryHandler<GetRole> {
  constructor(
    private readonly database: Database,
    private readonly roles: RolesRepository,
  ) {}

  async execute({ name }: GetRole): Promise<ListedRole> {
    const role = await this.roles.find(this.database.db, name);
    if (!role) throw roleNotFound();
    return role;
  }
}
