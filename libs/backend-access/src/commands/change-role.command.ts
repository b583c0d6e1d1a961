import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CacheEvict } from '@visapi/backend-cache';
import { Database } from '@visapi/backend-repositories';
import { type RoleContent, RolesRepository, UsersRepository } from '@visapi/backend-repositories/access';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { demandHeld, type Granter } from '../grants.js';
import { adminRole, differenceOf, everything } from '../role.js';
import { adminKeepsAll, lastAdministrator, roleNotFound } from '../users.errors.js';

/** Gives a role other words or permissions, which holds at once for all who have it. */
export class ChangeRole extends Command<void> {
  constructor(
    readonly name: string,
    readonly content: Partial<RoleContent>,
    readonly by: Granter,
  ) {
    super();
  }
}

@CommandHandler(ChangeRole)
export class ChangeRoleHandler implements ICommandHandler<ChangeRole> {
  constructor(
    private readonly database: Database,
    private readonly roles: RolesRepository,
    private readonly users: UsersRepository,
    private readonly events: EventsRepository,
  ) {}

  @CacheEvict({ pattern: 'user:*' })
  async execute({ name, content, by }: ChangeRole): Promise<void> {
    const { actor, correlationId, ip } = by;
    await this.database.db.transaction().execute(async (transaction) => {
      await this.users.lockAdministrators(transaction);
      const before = await this.roles.lock(transaction, name);
      if (!before) throw roleNotFound();
      const { description = before.description, permissions = before.permissions } = content;
      const after = { description, permissions };
      demandHeld(before.permissions, by, 'This role holds what you do not.');
      demandHeld(permissions, by, 'A role can hold only what you hold.');
      if (name === adminRole && !permissions.includes(everything)) throw adminKeepsAll();
      const difference = differenceOf(before, after);
      if (difference.fields.length === 0) return;
      const hadAdministrator = await this.users.hasAdministrator(transaction);
      await this.roles.change(transaction, name, after);
      if (hadAdministrator && !(await this.users.hasAdministrator(transaction))) throw lastAdministrator();
      await this.events.appendNext(transaction, {
        type: 'role.changed',
        aggregateType: 'role',
        aggregateId: name,
        payload: { change: 'changed', ...difference },
        ...{ actor, correlationId, ip },
      });
    });
  }
}
