import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from '@visapi/backend-access/http';
import { ApplicationsHttpModule, VisaWindowModule } from '@visapi/backend-applications/http';
import { CacheModule, keys } from '@visapi/backend-cache';
import type {
  AccessConfig,
  AirtableConfig,
  CacheConfig,
  DatabaseConfig,
  EncryptionConfig,
  ProcessConfig,
  QueueConfig,
  WabaConfig,
} from '@visapi/backend-config';
import { ContactsHttpModule } from '@visapi/backend-contacts/http';
import { EventsHttpModule } from '@visapi/backend-events/http';
import { PlatformModule } from '@visapi/backend-http';
import { MessagingHttpModule, messagingWebhooks } from '@visapi/backend-messaging/http';
import { type Log, ObservabilityModule } from '@visapi/backend-observability';
import {
  CacheHttpModule,
  LogsHttpModule,
  OperationsHttpModule,
  QueuesHttpModule,
} from '@visapi/backend-operations/http';
import { AirtableModule } from '@visapi/backend-providers';
import { OrdersHttpModule, ordersWebhooks } from '@visapi/backend-orders/http';
import { BatchOperationsModule, DatabaseModule, LogStoreModule } from '@visapi/backend-repositories';
import { WebhooksHttpModule } from '@visapi/backend-webhooks/http';
import { HealthModule } from './health.module.js';

interface Config {
  readonly process: ProcessConfig;
  readonly database: DatabaseConfig;
  readonly encryption: EncryptionConfig;
  readonly queue: QueueConfig;
  readonly cache: CacheConfig;
  readonly access: AccessConfig;
  readonly waba: WabaConfig;
  readonly airtable: AirtableConfig;
}

@Module({})
export class AppModule {
  static forRoot(config: Config, log: Log): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ObservabilityModule.forRoot(config.process, log),
        DatabaseModule.forRoot(config.database, config.encryption, 'visapi-backend'),
        LogStoreModule,
        BatchOperationsModule.forRoot(),
        CacheModule.forRoot(config.cache, config.queue, keys),
        AccessModule.forRoot(config.access),
        HealthModule.forRoot(config.waba),
        PlatformModule.forRoot(config.process, 'visapi-backend'),
        WebhooksHttpModule.register([...ordersWebhooks, ...messagingWebhooks(config.waba)]),
        OrdersHttpModule,
        ContactsHttpModule,
        MessagingHttpModule.forRoot(config.waba),
        OperationsHttpModule,
        CacheHttpModule,
        LogsHttpModule,
        QueuesHttpModule.forRoot(config.queue),
        AirtableModule.forRoot(config.airtable),
        VisaWindowModule.forRoot(config.airtable),
        ApplicationsHttpModule,
        EventsHttpModule,
      ],
    };
  }
}
