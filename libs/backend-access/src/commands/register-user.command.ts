import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { AskedBy } from '@visapi/backend-kernel';
import { Database, type Executor } from '@visapi/backend-repositories';
import { type UserAccess, UsersRepository } from '@visapi/backend-repositories/access';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { firstRole } from '../role.js';
import { addressContested } from '../users.errors.js';

/** Somebody whom Auth knows signs in: they are a user from the first time on, and their address is what Auth says. */
export class RegisterUser extends Command<UserAccess> {
  constructor(
    readonly id: string,
    readonly email: string,
    readonly by: AskedBy,
  ) {
    super();
  }
}

@CommandHandler(RegisterUser)
export class RegisterUserHandler implements ICommandHandler<RegisterUser> {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly events: EventsRepository,
  ) {}

  async execute({ id, email, by }: RegisterUser): Promise<UserAccess> {
    return await this.database.db.transaction().execute(async (transaction) => {
      const before = await this.users.takeAddress(transaction, id, email);
      for (const other of before)
        await this.tell(transaction, other.id, 'user.changed', { fields: ['email'] }, by);
      const isNew = await this.users.register(transaction, { id, email, role: firstRole });
      const hasMoved = await this.users.noteSignIn(transaction, id, email);
      if (isNew) await this.tell(transaction, id, 'user.registered', { role: firstRole }, by);
      else if (hasMoved) await this.tell(transaction, id, 'user.changed', { fields: ['email'] }, by);
      if (isNew && before.some(({ disabled }) => disabled)) await this.bar(transaction, id, by);
      const user = await this.users.findAccess(transaction, id);
      if (!user) throw addressContested();
      return user;
    });
  }

  /** A new account under the same address lets nobody in who was shut out. */
  private async bar(transaction: Executor, id: string, by: AskedBy): Promise<void> {
    await this.users.setDisabled(transaction, id, true);
    const reason = 'who had this address before is disabled';
    await this.tell(transaction, id, 'user.disabled', { reason }, by);
  }

  private async tell(
    transaction: Executor,
    id: string,
    type: 'user.registered' | 'user.changed' | 'user.disabled',
    payload: Readonly<Record<string, string | readonly string[]>>,
    by: AskedBy,
  ): Promise<void> {
    const { actor, correlationId, ip } = by;
    const about = { aggregateType: 'user', aggregateId: id } as const;
    await this.events.appendNext(transaction, { ...about, type, payload, actor, correlationId, ip });
  }
}
