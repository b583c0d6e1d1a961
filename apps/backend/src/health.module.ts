import { type DynamicModule, Module } from '@nestjs/common';
import type { WabaConfig } from '@visapi/backend-config';
import { type Check, HealthCheck } from '@visapi/backend-http';
import { DatabaseHealth, OperationsHttpModule } from '@visapi/backend-operations/http';

@Module({})
export class HealthModule {
  /** The backend needs the database and nothing else; integrations that are not configured say that they are off. */
  static forRoot(config: WabaConfig): DynamicModule {
    const receipts: Check =
      config.appSecret === undefined
        ? { state: 'off', needed: false, detail: 'WABA_APP_SECRET is not set' }
        : { state: 'up', needed: false };
    const health = {
      provide: HealthCheck,
      inject: [DatabaseHealth],
      useFactory: (database: DatabaseHealth): HealthCheck => ({
        check: async () => ({ database: await database.check(), receipts }),
      }),
    };
    return { module: HealthModule, global: true, imports: [OperationsHttpModule], providers: [health], exports: [HealthCheck] };
  }
}
