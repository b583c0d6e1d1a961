import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { orderConfirmation, type Template, templates } from '@visapi/backend-messaging';
import { Database } from '@visapi/backend-repositories';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import {
  type OrderRow,
  readOrderRow,
  type StoredMessage,
  storedMessages,
} from '@visapi/backend-repositories/orders';
import { confirmationFacts } from '../confirmation.js';
import { orderNotFound } from '../orders.errors.js';
import { noSuchTemplate } from '../resend.errors.js';
import { decideResend, newestConfirmation, type ResendObstacle, unknownFacts } from '../resend.js';

export interface PreviewParameter {
  readonly name: string;
  /** Null when it is not known. */
  readonly value: string | null;
}

export interface PreviewedMessage {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly phone: string | null;
  readonly applicantId: string | null;
  readonly parameters: readonly PreviewParameter[];
  readonly document: { readonly link: string; readonly filename: string } | null;
}

interface Previewed {
  readonly orderId: string;
  readonly template: string;
  readonly language: string;
}

/** The confirmation as it would be worded now. */
export interface ConfirmationPreview extends Previewed {
  readonly wouldSend: boolean;
  readonly reason: ResendObstacle | 'already-sent' | null;
  readonly unknown: readonly string[];
  readonly phone: string | null;
  readonly parameters: readonly PreviewParameter[];
  readonly document: null;
  /** The newest message of the confirmation's chain. */
  readonly message: { readonly id: string; readonly status: string } | null;
}

/** Other messages are worded from more than the order, so what is planned or was sent is shown. */
export interface StoredPreview extends Previewed {
  readonly messages: readonly PreviewedMessage[];
}

/** What a template would tell the customer of an order, and why it would not be sent. */
export class PreviewMessage extends Query<ConfirmationPreview | StoredPreview> {
  constructor(
    readonly orderId: string,
    readonly template: string,
  ) {
    super();
  }
}

@QueryHandler(PreviewMessage)
export class PreviewMessageHandler implements IQueryHandler<PreviewMessage> {
  constructor(
    private readonly database: Database,
    private readonly effects: EffectsRepository,
  ) {}

  async execute({ orderId, template: name }: PreviewMessage): Promise<ConfirmationPreview | StoredPreview> {
    const { db } = this.database;
    const template = templates.find((candidate) => candidate.name === name);
    if (!template) throw noSuchTemplate();
    const [order, messages] = await Promise.all([
      readOrderRow(db, orderId),
      storedMessages(db, orderId, template.name),
    ]);
    if (!order) throw orderNotFound(orderId);
    const head = { orderId, template: template.name, language: template.language };
    if (template.name !== orderConfirmation.name)
      return { ...head, messages: messages.map((message) => toPreviewed(message, template)) };
    return { ...head, ...(await this.confirmation(order, messages)) };
  }

  private async confirmation(order: OrderRow, messages: readonly StoredMessage[]) {
    const effects = await this.effects.ofOrder(this.database.db, order.orderId);
    const decision = decideResend(order, effects, { phone: null, force: false, repeat: false });
    const newest = messages.find(({ id }) => id === newestConfirmation(effects)?.id);
    const facts = confirmationFacts(order, order.orderId);
    return {
      wouldSend: decision.state === 'send',
      reason:
        decision.state === 'send' ? null : decision.state === 'refused' ? decision.reason : decision.state,
      unknown: unknownFacts(order),
      phone: order.clientPhone,
      parameters: named(orderConfirmation, facts),
      document: null,
      message: newest ? { id: newest.id, status: newest.status } : null,
    };
  }
}

function toPreviewed(message: StoredMessage, template: Template): PreviewedMessage {
  const { id, status, reason, phone, applicantId } = message;
  const texts = message.parameters ? (JSON.parse(message.parameters.toString()) as string[]) : [];
  const document =
    message.document && (JSON.parse(message.document.toString()) as PreviewedMessage['document']);
  return { id, status, reason, phone, applicantId, parameters: named(template, texts), document };
}

function named(template: Template, texts: readonly (string | undefined)[]): PreviewParameter[] {
  return template.bodyParameters.map((name, index) => ({ name, value: texts[index] ?? null }));
}
