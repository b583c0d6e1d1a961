import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { AskedBy } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { UsersRepository } from '@visapi/backend-repositories/access';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { adminRole } from '../role.js';
import { addressContested } from '../users.errors.js';

/** An installation brings its administrator with it, before anybody has signed in. May be said again. */
export class AppointAdministrator extends Command<void> {
  constructor(
    readonly id: string,
    readonly email: string,
    readonly by: AskedBy,
  ) {
    super();
  }
}

@CommandHandler(AppointAdministrator)
export class AppointAdministratorHandler implements ICommandHandler<AppointAdministrator> {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly events: EventsRepository,
  ) {}

  async execute({ id, email, by }: AppointAdministrator): Promise<void> {
    await this.database.db.transaction().execute(async (transaction) => {
      const about = { ...by, aggregateType: 'user' } as const;
      for (const { id: aggregateId } of await this.users.takeAddress(transaction, id, email)) {
        const fact = { ...about, aggregateId, type: 'user.changed', payload: { fields: ['email'] } };
        await this.events.appendNext(transaction, fact);
      }
      const isNew = await this.users.register(transaction, { id, email, role: adminRole });
      const user = await this.users.lock(transaction, id);
      if (!user) throw addressContested();
      const to = adminRole;
      if (isNew) {
        const fact = { ...about, aggregateId: id, type: 'user.registered', payload: { role: to } };
        await this.events.appendNext(transaction, fact);
      } else if (user.role !== to) {
        await this.users.update(transaction, id, { role: to });
        const payload = { from: user.role, to, reason: 'administrator of this installation' };
        await this.events.appendNext(transaction, {
          ...about,
          aggregateId: id,
          type: 'user.role-changed',
          payload,
        });
      }
    });
  }
}
