import { Cacheable, CacheEvict, keys } from '@visapi/backend-cache';
import { type AskedBy, heldScopes, type Scope } from '@visapi/backend-kernel';
import type { Log } from '@visapi/backend-observability';
import type { Database } from '@visapi/backend-repositories';
import type { UserAccess, UsersRepository } from '@visapi/backend-repositories/access';
import { RegisterUser } from '../commands/register-user.command.js';
import { RowWatch } from '../row-watch.js';

/** A user as the guard sees them. */
export interface KnownUser {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly scopes: ReadonlySet<Scope>;
  /** May not do anything, whatever the role says. */
  readonly disabled: boolean;
}

interface Registrar {
  execute(command: RegisterUser): Promise<UserAccess>;
}

/**
 * Says who a user is and what they may do. Users are cached; whoever changes one or a role, even by SQL, need not tell: a
 * look at the tables finds out.
 */
export class UserReader {
  private readonly watch: RowWatch;
  private readonly known = new WeakMap<UserAccess, KnownUser>();

  constructor(
    private readonly store: { readonly database: Database; readonly users: UsersRepository },
    private readonly commands: Registrar,
    log: Log,
  ) {
    const watched = {
      name: 'users',
      fingerprint: async () => await store.users.fingerprint(store.database.db),
      changed: async () => await this.forget(),
    };
    this.watch = new RowWatch(watched, log);
  }

  /** @param id what Supabase Auth calls the user */
  async find(id: string): Promise<KnownUser | undefined> {
    const found = await this.read(id);
    return found && this.toKnown(found);
  }

  /** To be called at each sign-in: makes a user of whoever is new, with the role of newcomers, and notes the address. */
  async register(id: string, email: string, by: AskedBy): Promise<KnownUser> {
    return toKnownUser(await this.commands.execute(new RegisterUser(id, email, by)));
  }

  onApplicationBootstrap(): void {
    this.watch.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.watch.stop();
  }

  @Cacheable({ key: keys.user, ttl: 'auth' })
  async read(id: string): Promise<UserAccess | undefined> {
    return await this.store.users.findAccess(this.store.database.db, id);
  }

  /** Somebody is not who they were: nobody is trusted any longer. */
  @CacheEvict({ pattern: 'user:*' })
  async forget(): Promise<void> {
    // What there is to do is done by the decorator.
  }

  /** The cache hands out the same object for a second. */
  private toKnown(found: UserAccess): KnownUser {
    const user = this.known.get(found) ?? toKnownUser(found);
    this.known.set(found, user);
    return user;
  }
}

function toKnownUser({ id, email, role, permissions, disabledAt }: UserAccess): KnownUser {
  return { id, email, role, scopes: heldScopes(permissions), disabled: disabledAt !== null };
}
