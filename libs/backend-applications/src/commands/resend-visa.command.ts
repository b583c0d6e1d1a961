import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { AskedBy } from '@visapi/backend-kernel';
import { Database, type Executor } from '@visapi/backend-repositories';
import { NoticedOrdersRepository } from '@visapi/backend-repositories/applications';
import { type NewMessage, planMessages } from '@visapi/backend-repositories/effects';
import { once } from '@visapi/backend-repositories/idempotency';
import { noSuchApplications, orderNotFound } from '../applications.errors.js';
import { idOf, newestOf, notReady, type VisaApplication, visaMessages } from '../visa-messages.js';
import { VisaWindow } from '../visa-window.js';

export interface ResendVisaResult {
  readonly planned: readonly {
    readonly applicationId: string;
    readonly reason: string | null;
    readonly phone: string | null;
  }[];
  readonly passedOver: readonly { readonly applicationId: string; readonly reason: string }[];
}

/** An operator wants approved visas of an order sent again, or for the first time. Each becomes a message of its own. */
export class ResendVisa extends Command<ResendVisaResult> {
  constructor(
    readonly orderId: string,
    /** All applications of the order, in its order. */
    readonly applications: readonly VisaApplication[],
    readonly wish: {
      /** Undefined = all. */
      readonly applicationIds?: readonly string[];
      /** E.164; null = the order's. */
      readonly phone: string | null;
      /** Also where it is not known whether the one before went out. */
      readonly force: boolean;
      readonly reason: string;
      readonly dryRun: boolean;
    },
    readonly by: AskedBy,
  ) {
    super();
  }
}

@CommandHandler(ResendVisa)
export class ResendVisaHandler implements ICommandHandler<ResendVisa> {
  constructor(
    private readonly database: Database,
    private readonly orders: NoticedOrdersRepository,
    private readonly window: VisaWindow,
  ) {}

  async execute(command: ResendVisa): Promise<ResendVisaResult> {
    return await this.database.db
      .transaction()
      .execute(
        async (transaction) =>
          await once(transaction, command.by, async () => await this.resend(transaction, command)),
      );
  }

  private async resend(
    transaction: Executor,
    { orderId, applications, wish, by }: ResendVisa,
  ): Promise<ResendVisaResult> {
    const wanted = choose(applications, wish.applicationIds);
    const order = await this.orders.lock(transaction, orderId);
    if (!order) throw orderNotFound(orderId);
    const known = await this.orders.notices(transaction, orderId, 'visa');
    const passedOver = wanted.flatMap((application) => {
      const reason = notReady(application) ?? inTheWay(newestOf(known, application)?.state, wish.force);
      return reason === undefined ? [] : [{ applicationId: idOf(application), reason }];
    });
    const passed = new Set(passedOver.map(({ applicationId }) => applicationId));
    const chosen = new Set(wanted.map(idOf).filter((id) => !passed.has(id)));
    const withPlaces = applications.map((application) =>
      chosen.has(idOf(application)) ? application : { ...application, visaUrl: null },
    );
    const asked = { correlationId: by.correlationId, namedPhone: wish.phone, isResend: true };
    const messages = visaMessages(order, withPlaces, known, asked);
    // What may not be told replaces nothing: the message before it stands as it is.
    const owed = messages.filter(({ effect }) => effect.state === 'planned');
    if (!wish.dryRun && owed.length > 0)
      await planMessages(transaction, orderId, owed, {
        ...by,
        pauseMs: this.window.pauseMs,
        facts: [{ type: 'operator.resent', payload: factOf(owed, wish.reason) }],
      });
    return { planned: messages.map(told), passedOver };
  }
}

/** @throws AppError naming what there is when nothing of what was asked for is there */
function choose(
  applications: readonly VisaApplication[],
  ids: readonly string[] | undefined,
): readonly VisaApplication[] {
  if (ids === undefined) return applications;
  const wanted = applications.filter((application) => ids.includes(idOf(application)));
  if (wanted.length === 0) throw noSuchApplications(applications.map(idOf));
  return wanted;
}

/** What is under way may still go out by itself; of what is uncertain nobody knows whether it did. */
function inTheWay(state: string | undefined, force: boolean): string | undefined {
  if (state === 'planned' || state === 'claimed') return 'under-way';
  return state === 'uncertain' && !force ? 'uncertain' : undefined;
}

function factOf(messages: readonly NewMessage[], reason: string) {
  const effects = messages.map(({ effect }) => effect);
  return {
    reason,
    template: [...new Set(messages.map(({ message }) => message.template))].join(', '),
    messageEffectIds: effects.map(({ id }) => id),
    resendOf: effects.flatMap(({ resendOf }) => (typeof resendOf === 'string' ? [resendOf] : [])),
  };
}

function told({ effect, message }: NewMessage) {
  const { reason = null } = effect;
  return { applicationId: message.applicantId ?? '', reason, phone: message.phone ?? null };
}
