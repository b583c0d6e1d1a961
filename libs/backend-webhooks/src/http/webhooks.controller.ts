import { Controller, HttpCode, Param, Post, Req, type Type } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  Access,
  type AccessRule,
  type AddressDocs,
  askingKeyId,
  describeRequest,
  type HttpRequest,
  Raw,
  Responds,
  webhookLimit,
} from '@visapi/backend-http';
import { AppError } from '@visapi/backend-kernel';
import { Metrics } from '@visapi/backend-observability';
import { z } from 'zod';
import { ReceiveDelivery, type ReceiveDeliveryResult } from '../commands/receive-delivery.command.js';
import type { WebhookDefinition } from '../define-webhook.js';

const answer = z.object({
  orderId: z.string().nullable(),
  deliveryId: z.string(),
  status: z.enum(['accepted', 'duplicate', 'changed', 'skipped']),
});

type Parameters = Readonly<Record<string, string>>;

/** The one door for webhooks: bytes in, a receipt of what was stored out. */
export function createWebhooksController(byPath: ReadonlyMap<string, WebhookDefinition>): Type {
  const find = (parameters: Parameters) => byPath.get(Object.values(parameters).join('/'));
  const accessOf = (parameters: Parameters): AccessRule | undefined => {
    const auth = find(parameters)?.auth;
    if (auth === undefined) return undefined;
    return auth.scheme === 'api-key' ? { scopes: auth.scopes } : 'public';
  };

  const docs = [...byPath].flatMap(([path, definition]) => docsOf(path, definition));

  @Controller('webhooks')
  class WebhooksController {
    constructor(
      private readonly commands: CommandBus,
      private readonly metrics: Metrics,
    ) {}

    @Post([':source', ':source/:topic'])
    @HttpCode(200)
    @Raw()
    @Access(accessOf, { ...webhookLimit, docs })
    @Responds(answer)
    async receive(@Param() parameters: Parameters, @Req() request: HttpRequest) {
      const definition = find(parameters);
      if (!definition) throw new AppError('not-found', 'There is nothing at this address.');
      const result = await this.commands.execute(new ReceiveDelivery(definition, read(request, definition)));
      describe(request, result);
      const outcome = result.kind === 'stored' ? result.status : result.kind;
      this.metrics.deliveries.inc({ source: definition.source, outcome });
      return toAnswer(result);
    }
  }
  return WebhooksController;
}

function docsOf(path: string, { docs, auth }: WebhookDefinition): AddressDocs[] {
  const given = docs[path];
  if (!given) return [];
  const unsigned = auth.scheme === 'signature' ? (['UNAUTHENTICATED'] as const) : [];
  const refusals = ['VALIDATION_ERROR', ...unsigned, ...(given.errors ?? [])] as const;
  return [{ ...given, address: `webhooks/${path}`, errors: refusals }];
}

function read(request: HttpRequest, { auth }: WebhookDefinition) {
  const { headers, visapi } = request;
  const signature = auth.scheme === 'signature' ? headers[auth.header] : undefined;
  const kept = { 'content-type': visapi.contentType, 'user-agent': headers['user-agent'], signature };
  return {
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    signature: typeof signature === 'string' ? signature : undefined,
    headers: JSON.stringify(kept),
    apiKeyId: askingKeyId(request),
    correlationId: visapi.correlationId,
  };
}

function describe(request: HttpRequest, result: ReceiveDeliveryResult): void {
  if (result.kind === 'stored') {
    const { deliveryId, orderId, status: outcome } = result;
    describeRequest(request, { event: 'delivery.received', deliveryId, orderId, outcome });
  } else if (result.kind === 'rejected') {
    describeRequest(request, {
      event: 'delivery.received',
      deliveryId: result.deliveryId,
      orderId: result.orderId,
      outcome: 'rejected',
    });
  } else {
    describeRequest(request, { outcome: result.kind });
  }
}

function toAnswer(result: ReceiveDeliveryResult): z.infer<typeof answer> {
  switch (result.kind) {
    case 'stored':
      return { orderId: result.orderId, deliveryId: result.deliveryId, status: result.status };
    case 'unverified':
      throw new AppError('unauthenticated', 'The signature is missing or does not fit the body.');
    case 'unreadable':
      throw new AppError('invalid', 'The body must be one JSON object in UTF-8.');
    case 'rejected':
      throw new AppError('unprocessable', 'The body cannot become an order; it is kept for an operator.', {
        details: result.problems,
        extra: { deliveryId: result.deliveryId },
      });
  }
}
