import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { WebhookDefinition } from '../define-webhook.js';
import { InboxModule } from '../inbox.module.js';
import { createWebhooksController } from './webhooks.controller.js';

@Module({})
export class WebhooksHttpModule {
  /** Opens the routes of the given webhooks. @throws when two want the same path */
  static register(definitions: readonly WebhookDefinition[]): DynamicModule {
    const byPath = new Map<string, WebhookDefinition>();
    for (const [path, definition] of definitions.flatMap((each) =>
      each.paths.map((path) => [path, each] as const),
    )) {
      if (byPath.has(path)) throw new Error(`Two webhooks want the path ${path}`);
      byPath.set(path, definition);
    }
    const controllers = [createWebhooksController(byPath)];
    return { module: WebhooksHttpModule, imports: [CqrsModule, InboxModule], controllers };
  }
}
