import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { RolesRepository } from '@visapi/backend-repositories/access';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { demandHeld, type Granter } from '../grants.js';
import { roleBuiltIn, roleHeld, roleNotFound } from '../users.errors.js';

/** Deletes a role that nobody has. */
export class DeleteRole extends Command<void> {
  constructor(
    readonly name: string,
    readonly by: Granter,
  ) {
    super();
  }
}

@CommandHandler(DeleteRole)
export class DeleteRoleHandler implements ICommandHandler<DeleteRole> {
  constructor(
    private readonly database: Database,
    private readonly roles: RolesRepository,
    private readonly events: EventsRepository,
  ) {}

  async execute({ name, by }: DeleteRole): Promise<void> {
    const { actor, correlationId, ip } = by;
    await this.database.db.transaction().execute(async (transaction) => {
      const locked = await this.roles.lock(transaction, name);
      const role = await this.roles.find(transaction, name);
      if (!locked || !role) throw roleNotFound();
      demandHeld(locked.permissions, by, 'This role holds what you do not.');
      if (locked.builtIn) throw roleBuiltIn();
      if (role.users > 0) throw roleHeld(role.users);
      await this.roles.delete(transaction, { name });
      await this.events.appendNext(transaction, {
        type: 'role.changed',
        aggregateType: 'role',
        aggregateId: name,
        payload: { change: 'deleted', fields: [], granted: [], withdrawn: locked.permissions },
        ...{ actor, correlationId, ip },
      });
    });
  }
}
