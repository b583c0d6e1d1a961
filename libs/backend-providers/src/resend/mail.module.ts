import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { MailConfig } from '@visapi/backend-config';
import { RateGate } from '../rate-gate.js';
import { HttpMailClient, MailClient } from './client.js';

@Module({})
export class MailModule implements OnApplicationShutdown {
  constructor(@Inject(MailClient) private readonly client: HttpMailClient) {}

  /** Supabase limits how many mails it asks for, so there is no rate here. */
  static forRoot(config: MailConfig): DynamicModule {
    const client = {
      provide: MailClient,
      useFactory: () => new HttpMailClient(config, new RateGate(0, 'resend', undefined)),
    };
    return { module: MailModule, global: true, providers: [client], exports: [MailClient] };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }
}
