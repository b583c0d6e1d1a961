import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type AskedBy, newId } from '@visapi/backend-kernel';
import { Database, type Executor } from '@visapi/backend-repositories';
import { tellOfOrder } from '@visapi/backend-repositories/effects';
import { IdempotencyKeysRepository, once } from '@visapi/backend-repositories/idempotency';
import { ErasuresRepository, type Forgotten, personOf } from '@visapi/backend-repositories/privacy';
import { nobodyToForget, stillUnderWay } from '../privacy.errors.js';

export interface Erasure {
  /** Null for a dry run. */
  readonly id: string | null;
  readonly orderIds: readonly string[];
  readonly messages: number;
  readonly deliveries: number;
  readonly keysDestroyed: number;
}

export interface ErasureWish {
  readonly reason: string;
  /** Does everything and undoes it: what it answers is what would be. */
  readonly dryRun: boolean;
  /** Withholds for good what is still owed. */
  readonly force: boolean;
}

/**
 * Forgets a person: destroys the keys of what is sealed, empties the bytes of their deliveries and takes name, phone and
 * e-mail out of the rows. Facts and states stay, by the ids of orders, so history and ledger are what they were.
 */
export class ErasePerson extends Command<Erasure> {
  constructor(
    readonly who: Forgotten,
    readonly wish: ErasureWish,
    readonly by: AskedBy,
  ) {
    super();
  }
}

@CommandHandler(ErasePerson)
export class ErasePersonHandler implements ICommandHandler<ErasePerson> {
  constructor(
    private readonly database: Database,
    private readonly erasures: ErasuresRepository,
    private readonly answers: IdempotencyKeysRepository,
  ) {}

  async execute({ who, wish, by }: ErasePerson): Promise<Erasure> {
    const transaction = await this.database.db.startTransaction().execute();
    try {
      const erasure = await once(transaction, by, async () => await this.erase(transaction, who, wish, by));
      if (wish.dryRun) {
        await transaction.rollback().execute();
        return { ...erasure, id: null };
      }
      await transaction.commit().execute();
      return erasure;
    } catch (error) {
      if (!transaction.isCommitted && !transaction.isRolledBack) await transaction.rollback().execute();
      throw error;
    }
  }

  private async erase(
    transaction: Executor,
    who: Forgotten,
    { reason, force }: ErasureWish,
    by: AskedBy,
  ): Promise<Erasure & { readonly id: string }> {
    const { orderIds, phones, keys } = await this.find(transaction, who);
    const standing = await this.erasures.lockOrders(transaction, orderIds);
    const stays = standing.claimed + standing.open + standing.uncertain > 0;
    if (stays || (standing.planned > 0 && !force)) throw stillUnderWay(standing, orderIds);
    await this.erasures.withhold(transaction, orderIds);
    const messages = await this.erasures.forget(transaction, orderIds);
    const deliveries = await this.erasures.forgetTraces(transaction, orderIds, phones);
    await this.answers.forgetAnswers(transaction, orderIds);
    const keysDestroyed = await this.erasures.destroyKeys(transaction, keys);
    const erasure = { id: newId(), orderIds: [...orderIds], messages, deliveries, keysDestroyed };
    const { actor, correlationId } = by;
    await this.erasures.record(transaction, { ...erasure, reason, erasedBy: actor, correlationId });
    const fact = { type: 'person.erased', payload: { erasureId: erasure.id } };
    for (const orderId of await this.erasures.existing(transaction, orderIds))
      await tellOfOrder(transaction, orderId, [fact], by);
    return erasure;
  }

  /** Who is meant. Their keys are held before their orders are looked at, so that no order of theirs comes in between. */
  private async find(transaction: Executor, who: Forgotten) {
    const before = await this.erasures.ordersOf(transaction, who);
    const persons = [...new Set([...before.map(personOf), ...namedAs(who)])];
    const keys = await this.erasures.lockKeys(transaction, persons);
    const orders = await this.erasures.ordersOf(transaction, who);
    const orderIds = orders.map(({ orderId }) => orderId);
    if ('orderId' in who && orderIds.length === 0 && (await this.erasures.isKnown(transaction, who.orderId)))
      orderIds.push(who.orderId);
    if (orderIds.length === 0 && keys.length === 0) throw nobodyToForget();
    const others = await this.erasures.othersOf(transaction, orderIds);
    const otherKeys = await this.erasures.lockKeys(transaction, others);
    const present = orders.flatMap(({ clientPhone }) => clientPhone ?? []);
    const earlier = await this.erasures.phonesOf(transaction, orderIds);
    const named = 'phone' in who ? [who.phone] : [];
    const phones = [...new Set([...present, ...earlier, ...named])];
    return { orderIds, phones, keys: [...keys, ...otherKeys] };
  }
}

/** As whom data may have been sealed that belongs to no order any more. */
function namedAs(who: Forgotten): string[] {
  if ('phone' in who) return [personOf({ orderId: '', clientPhone: who.phone })];
  return 'email' in who ? [personOf({ orderId: '', clientEmail: who.email })] : [`order:${who.orderId}`];
}
