import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { type RoleContent, RolesRepository } from '@visapi/backend-repositories/access';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { once } from '@visapi/backend-repositories/idempotency';
import { demandHeld, type Granter } from '../grants.js';
import { differenceOf } from '../role.js';

/** Makes a role that holds no more than whoever makes it. */
export class CreateRole extends Command<void> {
  constructor(
    readonly name: string,
    readonly content: RoleContent,
    readonly by: Granter,
  ) {
    super();
  }
}

@CommandHandler(CreateRole)
export class CreateRoleHandler implements ICommandHandler<CreateRole> {
  constructor(
    private readonly database: Database,
    private readonly roles: RolesRepository,
    private readonly events: EventsRepository,
  ) {}

  async execute({ name, content, by }: CreateRole): Promise<void> {
    const { description, permissions } = content;
    demandHeld(permissions, by, 'A role can hold only what you hold.');
    const { actor, correlationId, ip } = by;
    await this.database.db.transaction().execute(
      async (transaction) =>
        await once(transaction, by, async () => {
          await this.roles.create(transaction, { name, description, permissions: [...permissions] });
          const nothing = { description: '', permissions: [] };
          await this.events.appendNext(transaction, {
            type: 'role.changed',
            aggregateType: 'role',
            aggregateId: name,
            payload: { change: 'created', ...differenceOf(nothing, content) },
            ...{ actor, correlationId, ip },
          });
        }),
    );
  }
}
