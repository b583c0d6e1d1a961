import { createHash } from 'node:crypto';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type ErrorDetail, newId, parseJson } from '@visapi/backend-kernel';
import type { WebhookDefinition } from '../define-webhook.js';
import { Inbox } from '../inbox/inbox.js';

export type ReceiveDeliveryResult =
  | { readonly kind: 'unverified' }
  | { readonly kind: 'unreadable' }
  | {
      readonly kind: 'rejected';
      readonly deliveryId: string;
      readonly orderId: string | null;
      readonly problems: readonly ErrorDetail[];
    }
  | {
      readonly kind: 'stored';
      readonly status: 'accepted' | 'duplicate' | 'changed' | 'skipped';
      readonly deliveryId: string;
      readonly orderId: string | null;
    };

/** A body has arrived at a webhook: check who sent it, keep it, say what it is. Nothing is interpreted yet. */
export class ReceiveDelivery extends Command<ReceiveDeliveryResult> {
  constructor(
    readonly definition: WebhookDefinition,
    readonly request: {
      readonly body: Buffer;
      readonly signature: string | undefined;
      readonly headers: string;
      readonly apiKeyId: string | null;
      readonly correlationId: string;
    },
  ) {
    super();
  }
}

@CommandHandler(ReceiveDelivery)
export class ReceiveDeliveryHandler implements ICommandHandler<ReceiveDelivery> {
  constructor(private readonly inbox: Inbox) {}

  async execute({ definition, request }: ReceiveDelivery): Promise<ReceiveDeliveryResult> {
    const { auth } = definition;
    if (auth.scheme === 'signature' && !auth.verify(request.body, request.signature))
      return { kind: 'unverified' };
    const body = parseJson(request.body)?.value;
    if (!isObject(body)) return { kind: 'unreadable' };
    const classified = definition.classify(body);
    const stored = await this.inbox.store({
      id: newId(),
      kind: definition.kind,
      source: definition.source,
      orderId: classified.orderId,
      verdict: classified.verdict,
      problems: classified.verdict === 'rejected' ? JSON.stringify(classified.problems) : null,
      bodyHash: createHash('sha256').update(request.body).digest(),
      body: request.body,
      headers: request.headers,
      apiKeyId: request.apiKeyId,
      correlationId: request.correlationId,
    });
    const { deliveryId, outcome, repeated } = stored;
    if (outcome === 'rejected')
      return {
        kind: 'rejected',
        deliveryId,
        orderId: classified.orderId,
        problems: readProblems(stored.problems),
      };
    const status = outcome !== 'skipped' && repeated ? 'duplicate' : outcome;
    return { kind: 'stored', status, deliveryId, orderId: classified.orderId };
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readProblems(text: string | null): readonly ErrorDetail[] {
  return text === null ? [] : (JSON.parse(text) as ErrorDetail[]);
}
