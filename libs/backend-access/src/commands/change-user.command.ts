import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CacheEvict } from '@visapi/backend-cache';
import { Database, type Executor } from '@visapi/backend-repositories';
import {
  ApiKeysRepository,
  RolesRepository,
  type UserRow,
  UsersRepository,
} from '@visapi/backend-repositories/access';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { demandHeld, type Granter } from '../grants.js';
import { lastAdministrator, noSuchRole, ownMaker, ownRole, userNotFound } from '../users.errors.js';

/** Gives a user another role, shuts them out, or lets them in again. */
export class ChangeUser extends Command<UserRow> {
  constructor(
    readonly id: string,
    readonly change: { readonly role?: string; readonly disabled?: boolean },
    readonly by: Granter & { readonly reason: string },
  ) {
    super();
  }
}

@CommandHandler(ChangeUser)
export class ChangeUserHandler implements ICommandHandler<ChangeUser> {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly roles: RolesRepository,
    private readonly keys: ApiKeysRepository,
    private readonly events: EventsRepository,
  ) {}

  @CacheEvict({ pattern: 'user:*' })
  async execute({ id, change, by }: ChangeUser): Promise<UserRow> {
    return await this.database.db.transaction().execute(async (transaction) => {
      await this.users.lockAdministrators(transaction);
      const user = await this.users.lock(transaction, id);
      if (!user) throw userNotFound();
      await this.demandOther(transaction, user, by);
      await this.demandMay(transaction, user, change.role, by);
      const hadAdministrator = await this.users.hasAdministrator(transaction);
      await this.give(transaction, user, change.role, by);
      await this.bar(transaction, user, change.disabled, by);
      if (hadAdministrator && !(await this.users.hasAdministrator(transaction))) throw lastAdministrator();
      return (await this.users.findById(transaction, id)) ?? user;
    });
  }

  /** A key is whose it was made by: it neither raises its maker nor lets them in again. */
  private async demandOther(transaction: Executor, { id }: UserRow, { actor }: Granter): Promise<void> {
    const [kind, keyId] = actor.split(':');
    if (kind !== 'key' || keyId === undefined) return;
    if ((await this.keys.makerOf(transaction, keyId)) === `user:${id}`) throw ownMaker();
  }

  private async demandMay(transaction: Executor, user: UserRow, role: string | undefined, by: Granter) {
    const present = await this.roles.hold(transaction, user.role);
    demandHeld(present?.permissions ?? [], by, 'This user may do what you may not.');
    if (role === undefined || role === user.role) return;
    if (by.actor === `user:${user.id}`) throw ownRole();
    const next = await this.roles.hold(transaction, role);
    if (!next) throw noSuchRole(role);
    demandHeld(next.permissions, by, 'You can give a role only when you hold all that it holds.');
  }

  private async give(
    transaction: Executor,
    { id, role: from }: UserRow,
    to: string | undefined,
    by: ChangeUser['by'],
  ): Promise<void> {
    if (to === undefined || to === from) return;
    await this.users.update(transaction, id, { role: to });
    await this.tell(
      transaction,
      id,
      { type: 'user.role-changed', payload: { from, to, reason: by.reason } },
      by,
    );
  }

  private async bar(
    transaction: Executor,
    { id, disabledAt }: UserRow,
    disabled: boolean | undefined,
    by: ChangeUser['by'],
  ): Promise<void> {
    if (disabled === undefined || disabled === (disabledAt !== null)) return;
    await this.users.setDisabled(transaction, id, disabled);
    const type = disabled ? 'user.disabled' : 'user.enabled';
    await this.tell(transaction, id, { type, payload: { reason: by.reason } }, by);
  }

  private async tell(
    transaction: Executor,
    id: string,
    fact: { readonly type: string; readonly payload: Readonly<Record<string, string>> },
    { actor, correlationId, ip }: Granter,
  ): Promise<void> {
    const about = { aggregateType: 'user', aggregateId: id } as const;
    await this.events.appendNext(transaction, { ...fact, ...about, actor, correlationId, ip });
  }
}
