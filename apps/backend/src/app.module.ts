import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from '@visapi/backend-access/http';
import { ApplicationsHttpModule, VisaWindowModule } from '@visapi/backend-applications/http';
import { CacheModule, keys } from '@visapi/backend-cache';
import type {
  AccessConfig,
  AirtableConfig,
  AuthConfig,
  CacheConfig,
  DatabaseConfig,
  EncryptionConfig,
  HttpConfig,
  LimitsConfig,
  MailConfig,
  ProcessConfig,
  QueueConfig,
  WabaConfig,
} from '@visapi/backend-config';
import { ContactsHttpModule } from '@visapi/backend-contacts/http';
import { EventsHttpModule } from '@visapi/backend-events/http';
import { PlatformModule, RateLimitModule } from '@visapi/backend-http';
import { MessagingHttpModule, messagingWebhooks } from '@visapi/backend-messaging/http';
import { type Log, ObservabilityModule } from '@visapi/backend-observability';
import {
  CacheHttpModule,
  LogsHttpModule,
  OperationsHttpModule,
  PrivacyHttpModule,
  QueuesHttpModule,
} from '@visapi/backend-operations/http';
import { AirtableModule, MailModule } from '@visapi/backend-providers';
import { countingRedis, CountingRedisModule } from '@visapi/backend-queue';
import { OrdersHttpModule, ordersWebhooks } from '@visapi/backend-orders/http';
import { BatchOperationsModule, DatabaseModule, LogStoreModule } from '@visapi/backend-repositories';
import { WebhooksHttpModule } from '@visapi/backend-webhooks/http';
import { HealthModule } from './health.module.js';

interface Config {
  readonly process: ProcessConfig;
  readonly http: HttpConfig;
  readonly database: DatabaseConfig;
  readonly encryption: EncryptionConfig;
  readonly queue: QueueConfig;
  readonly limits: LimitsConfig;
  readonly cache: CacheConfig;
  readonly access: AccessConfig;
  readonly auth: AuthConfig;
  readonly mail: MailConfig;
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
        CountingRedisModule.forRoot(config.queue),
        RateLimitModule.forRoot(config.limits, countingRedis),
        CacheModule.forRoot(config.cache, config.queue, keys),
        AccessModule.forRoot(config.access, config.process, {
          auth: config.auth,
          origins: config.http.corsOrigins ?? [],
        }),
        MailModule.forRoot(config.mail),
        HealthModule.forRoot(config.waba, config.auth),
        PlatformModule.forRoot(config.process, 'visapi-backend'),
        WebhooksHttpModule.register([...ordersWebhooks, ...messagingWebhooks(config.waba)]),
        OrdersHttpModule,
        ContactsHttpModule,
        MessagingHttpModule.forRoot(config.waba),
        OperationsHttpModule,
        CacheHttpModule,
        LogsHttpModule,
        PrivacyHttpModule,
        QueuesHttpModule.forRoot(config.queue),
        AirtableModule.forRoot(config.airtable),
        VisaWindowModule.forRoot(config.airtable),
        ApplicationsHttpModule,
        EventsHttpModule,
      ],
    };
  }
}
