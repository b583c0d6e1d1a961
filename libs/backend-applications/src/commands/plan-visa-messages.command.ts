import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { importedVisaKey } from '@visapi/backend-orders';
import { Database } from '@visapi/backend-repositories';
import { NoticedOrdersRepository, VisaRecordsRepository } from '@visapi/backend-repositories/applications';
import { type NewMessage, planMessages } from '@visapi/backend-repositories/effects';
import { VisaWindow } from '../visa-window.js';
import {
  type KnownVisaMessage,
  notReady,
  type VisaApplication,
  visaMessages,
  type VisaOrder,
} from '../visa-messages.js';

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
      const order = await this.orders.lock(transaction, orderId);
      if (record?.state !== 'pending' || !order) return { kind: 'nothing' };
      const known = await this.orders.notices(transaction, orderId, 'visa');
      const decided = decideRecord(command, order, known, record.isStale);
      const planned = await planMessages(transaction, orderId, decided.messages, {
        actor: 'worker',
        correlationId,
        pauseMs: this.window.pauseMs,
        facts: factsOf(recordId, decided.messages.length),
      });
      const { kind, reason } = decided;
      const kept = Buffer.from(JSON.stringify(applications));
      if (kind === 'pending') await this.records.markPending(transaction, recordId, reason, kept);
      else await this.records.markDone(transaction, recordId, { reason, by: 'worker', applications: kept });
      return { kind, reason, planned: planned.filter(({ state }) => state === 'planned').length };
    });
  }
}

interface Decided {
  readonly kind: 'done' | 'pending';
  readonly reason: string;
  readonly messages: readonly NewMessage[];
}

/** What is to be said of a completed order now, and whether anything is left to wait for. */
function decideRecord(
  { orderId, applications, correlationId }: PlanVisaMessages,
  order: VisaOrder,
  known: readonly KnownVisaMessage[],
  isStale: boolean,
): Decided {
  if (known.some((message) => message.semanticKey === importedVisaKey(orderId)))
    return { kind: 'done', reason: 'imported', messages: [] };
  const withheld = isStale ? 'stale' : undefined;
  const messages = visaMessages(order, applications, known, { correlationId, withheld });
  const waits = reasonToWait(applications);
  if (waits !== undefined) return { kind: 'pending', reason: waits, messages };
  const isAnybodyTold = messages.length > 0 || known.length > 0;
  return {
    kind: 'done',
    reason: isAnybodyTold ? (messages[0]?.effect.reason ?? 'told') : 'not-approved',
    messages,
  };
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
