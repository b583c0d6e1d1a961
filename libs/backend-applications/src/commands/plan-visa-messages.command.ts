import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { isTestOrder } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { NoticedOrdersRepository, VisaRecordsRepository } from '@visapi/backend-repositories/applications';
import { planMessages } from '@visapi/backend-repositories/effects';
import { VisaWindow } from '../visa-window.js';
import { notReady, type VisaApplication, visaMessages } from '../visa-messages.js';

export type PlanVisaMessagesResult =
  | { readonly kind: 'done'; readonly reason: string; readonly planned: number }
  | { readonly kind: 'pending'; readonly reason: string; readonly planned: number }
  | { readonly kind: 'nothing' };

/** Airtable shows an order as completed: plan one message per application, and remember that they are planned. */
export class PlanVisaMessages extends Command<PlanVisaMessagesResult> {
  constructor(
    readonly recordId: string,
    readonly orderId: string,
    readonly applications: readonly VisaApplication[],
    readonly correlationId: string,
  ) {
    super();
  }
}

/**
 * Messages and mark are one commit: a record is done when its messages are owed, and a worker that dies before leaves
 * it as it was. A record whose applications do not all have their documents stays pending; what is told is not told
 * again.
 */
@CommandHandler(PlanVisaMessages)
export class PlanVisaMessagesHandler implements ICommandHandler<PlanVisaMessages> {
  constructor(
    private readonly database: Database,
    private readonly records: VisaRecordsRepository,
    private readonly orders: NoticedOrdersRepository,
    private readonly window: VisaWindow,
  ) {}

  async execute(command: PlanVisaMessages): Promise<PlanVisaMessagesResult> {
    const { recordId, orderId, applications, correlationId } = command;
    return await this.database.db.transaction().execute(async (transaction) => {
      const record = await this.records.lock(transaction, recordId, this.window.notifyWithinSeconds);
      if (record?.state !== 'pending') return { kind: 'nothing' };
      const order = await this.orders.lock(transaction, orderId);
      if (!order || isTestOrder(orderId)) return { kind: 'nothing' };
      const known = await this.orders.notices(transaction, orderId, 'visa');
      const isImported = known.some((message) => message.semanticKey === importedVisaKey(orderId));
      const withheld = record.isStale ? 'stale' : undefined;
      const messages = isImported
        ? []
        : visaMessages(order, applications, known, { correlationId, withheld });
      const planned = await planMessages(transaction, orderId, messages, {
        actor: 'worker',
        correlationId,
        pauseMs: this.window.pauseMs,
        facts: factsOf(recordId, messages.length),
      });
      const kept = Buffer.from(JSON.stringify(applications));
      const waits = isImported ? undefined : reasonToWait(applications);
      const owed = planned.filter(({ state }) => state === 'planned').length;
      if (waits !== undefined) {
        await this.records.markPending(transaction, recordId, waits, kept);
        return { kind: 'pending', reason: waits, planned: owed };
      }
      const reason = isImported ? 'imported' : (withheld ?? (messages[0]?.effect.reason || 'told'));
      await this.records.markDone(transaction, recordId, { reason, by: 'worker', applications: kept });
      return { kind: 'done', reason, planned: owed };
    });
  }
}

/** The visa message of an order that the system used before has told of; none of ours is sent for it. */
function importedVisaKey(orderId: string): string {
  return `message:visa:${orderId}:imported`;
}

function factsOf(recordId: string, applications: number) {
  return applications === 0 ? [] : [{ type: 'visa.completed', payload: { recordId, applications } }];
}

/** An application that was refused has no document and is told by staff, not by us. */
function reasonToWait(applications: readonly VisaApplication[]): string | undefined {
  if (applications.length === 0) return 'no-applications';
  return applications.some((application) => notReady(application) === 'no-document')
    ? 'no-document'
    : undefined;
}
