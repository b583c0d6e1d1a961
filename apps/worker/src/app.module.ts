import { type DynamicModule, Module } from '@nestjs/common';
import { ApplicationsJobsModule, VisaWindowModule } from '@visapi/backend-applications/jobs';
import { CacheModule, keys } from '@visapi/backend-cache';
import type {
  AirtableConfig,
  CacheConfig,
  CbbConfig,
  DatabaseConfig,
  EncryptionConfig,
  LogsConfig,
  MessagingConfig,
  ProcessConfig,
  QueueConfig,
  RetentionConfig,
} from '@visapi/backend-config';
import { ContactsJobsModule } from '@visapi/backend-contacts/jobs';
import { EventsModule } from '@visapi/backend-events';
import { MessagingJobsModule, SendWindowModule } from '@visapi/backend-messaging/jobs';
import { type Log, ObservabilityModule } from '@visapi/backend-observability';
import {
  OperationsJobsModule,
  PrivacyJobsModule,
  RetentionJobsModule,
} from '@visapi/backend-operations/jobs';
import { OrdersJobsModule } from '@visapi/backend-orders/jobs';
import { AirtableModule, CbbModule } from '@visapi/backend-providers';
import { QueueModule, queueRedis } from '@visapi/backend-queue';
import { BatchOperationsModule, DatabaseModule, LogStoreModule } from '@visapi/backend-repositories';

interface Config {
  readonly process: ProcessConfig;
  readonly database: DatabaseConfig;
  readonly encryption: EncryptionConfig;
  readonly logs: LogsConfig;
  readonly retention: RetentionConfig;
  readonly queue: QueueConfig;
  readonly cache: CacheConfig;
  readonly cbb: CbbConfig;
  readonly messaging: MessagingConfig;
  readonly airtable: AirtableConfig;
}

@Module({})
export class AppModule {
  static forRoot(config: Config, log: Log): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ObservabilityModule.forRoot(config.process, log),
        DatabaseModule.forRoot(config.database, config.encryption, 'visapi-worker'),
        LogStoreModule,
        BatchOperationsModule.forRoot(),
        CacheModule.forRoot(config.cache, config.queue, keys),
        QueueModule.forRoot(config.queue),
        CbbModule.forRoot(config.cbb, queueRedis),
        EventsModule,
        OrdersJobsModule,
        ContactsJobsModule,
        MessagingJobsModule,
        SendWindowModule.forRoot(config.messaging),
        OperationsJobsModule,
        PrivacyJobsModule,
        RetentionJobsModule.forRoot({
          logDays: config.logs.retentionDays,
          deliveryBodyDays: config.retention.deliveryBodyDays,
        }),
        AirtableModule.forRoot(config.airtable, queueRedis),
        VisaWindowModule.forRoot(config.airtable),
        ApplicationsJobsModule,
      ],
    };
  }
}
