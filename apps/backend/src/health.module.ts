import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule, QueryBus } from '@nestjs/cqrs';
import type { AuthConfig, WabaConfig } from '@visapi/backend-config';
import { type Check, HealthCheck } from '@visapi/backend-http';
import { CheckDatabase } from '@visapi/backend-operations/http';

@Module({})
export class HealthModule {
  /** The backend needs the database and nothing else; integrations that are not configured say that they are off. */
  static forRoot(config: WabaConfig, auth: AuthConfig): DynamicModule {
    const receipts: Check =
      config.appSecret === undefined
        ? { state: 'off', needed: false, detail: 'WABA_APP_SECRET is not set' }
        : { state: 'up', needed: false };
    const signIn: Check =
      auth.url === undefined || auth.anonKey === undefined
        ? { state: 'off', needed: false, detail: 'SUPABASE_URL or SUPABASE_ANON_KEY is not set' }
        : { state: 'up', needed: false };
    const health = {
      provide: HealthCheck,
      inject: [QueryBus],
      useFactory: (queries: QueryBus): HealthCheck => ({
        check: async () => ({ database: await queries.execute(new CheckDatabase()), receipts, signIn }),
      }),
    };
    return {
      module: HealthModule,
      global: true,
      imports: [CqrsModule],
      providers: [health],
      exports: [HealthCheck],
    };
  }
}
