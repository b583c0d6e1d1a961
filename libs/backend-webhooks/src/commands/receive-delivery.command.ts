import { hash } from 'node:crypto';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type ErrorDetail, newId, parseJson } from '@visapi/backend-kernel';
import type { WebhookDefinition } from '../define-webhook.js';
import { Inbox, type Stored } from '../inbox/inbox.js';

export type ReceiveDeliveryResult = { readonly kind: 'unverified' } | StoreBodyResult;

export type StoreBodyResult =
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

export interface ReceivedRequest {
  readonly body: Buffer;
  /** JSON of the headers worth keeping. */
  readonly headers: string;
  readonly apiKeyId: string | null;
  readonly correlationId: string;
  /** Kept of whoever places an order by hand; undefined for webhooks. */
  readonly ip?: string | null;
  /** Who places an order by hand; undefined for webhooks. */
  readonly actor?: string;
}

/** A body has arrived at a webhook: check who sent it, keep it, say what it is. Nothing is interpreted yet. */
export class ReceiveDelivery extends Command<ReceiveDeliveryResult> {
  constructor(
    readonly definition: WebhookDefinition,
    readonly request: ReceivedRequest & { readonly signature: string | undefined },
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
    return await storeBody(this.inbox, definition, request);
  }
}

/** Keeps a body whose sender is known and says what it is; also for orders that do not come by webhook. */
export async function storeBody(
  inbox: Inbox,
  definition: Pick<WebhookDefinition, 'kind' | 'source' | 'classify'>,
  request: ReceivedRequest,
): Promise<StoreBodyResult> {
  const bodyHash = hash('sha256', request.body, 'buffer');
  const known = await inbox.repeat({ kind: definition.kind, bodyHash, body: request.body });
  if (known) return resultOf({ ...known, repeated: true }, known.orderId);
  const body = parseJson(request.body)?.value;
  if (!isObject(body)) return { kind: 'unreadable' };
  const classified = definition.classify(body);
  const { orderId } = classified;
  const stored = await inbox.store({
    id: newId(),
    kind: definition.kind,
    source: definition.source,
    orderId,
    verdict: classified.verdict,
    problems: classified.verdict === 'rejected' ? JSON.stringify(classified.problems) : null,
    bodyHash,
    body: request.body,
    headers: request.headers,
    apiKeyId: request.apiKeyId,
    correlationId: request.correlationId,
    ip: request.ip,
    actor: request.actor,
  });
  return resultOf(stored, orderId);
}

function resultOf(stored: Stored, orderId: string | null): StoreBodyResult {
  const { deliveryId, outcome, repeated, problems } = stored;
  if (outcome === 'rejected')
    return { kind: 'rejected', deliveryId, orderId, problems: readProblems(problems) };
  const status = outcome !== 'skipped' && repeated ? 'duplicate' : outcome;
  return { kind: 'stored', status, deliveryId, orderId };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readProblems(text: string | null): readonly ErrorDetail[] {
  return text === null ? [] : (JSON.parse(text) as ErrorDetail[]);
}
